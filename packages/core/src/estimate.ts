import type { AssistantPart, ChatRequest, CountedTokens, Message, UserPart } from '@sluice/contract';

const CHARS_PER_TOKEN = 4;
/** What a picture or a page costs about, whatever its size: vendors count from some hundred to a few thousand. */
const TOKENS_PER_MEDIUM = 1_000;
/** Role and borders of a message. */
const TOKENS_PER_MESSAGE = 4;

/** Tokens that a text of so many characters stands for, where nobody counted: about four characters each. */
export function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** Tokens of a prompt, for vendors that do not count them: its texts, calls, tools and a flat sum for each medium. */
export function estimatePrompt(request: ChatRequest): number {
  return countPrompt(request, () => undefined).tokens;
}

/** The same, with its texts counted by who can. */
export function countPrompt(
  { messages, tools = [], vendorTools = [] }: ChatRequest,
  count: (texts: readonly string[]) => CountedTokens | undefined,
): CountedTokens {
  const texts: string[] = [];
  let media = 0;
  for (const message of messages) {
    for (const part of message.content) {
      if (isMedium(part)) media += 1;
      else addTexts(part, texts);
    }
  }
  const hasTools = tools.length + vendorTools.length > 0;
  if (hasTools) texts.push(JSON.stringify([...tools, ...vendorTools]).slice(1, -1));
  const { tokens, isExact } = count(texts) ?? byLength(texts);
  return {
    tokens: tokens + media * TOKENS_PER_MEDIUM + messages.length * TOKENS_PER_MESSAGE,
    // Vendors write tools in words of their own.
    isExact: isExact && !hasTools && media === 0,
  };
}

function byLength(texts: readonly string[]): CountedTokens {
  let chars = 0;
  for (const text of texts) chars += text.length;
  return { tokens: estimateTokens(chars), isExact: false };
}

type Part = UserPart | AssistantPart | Message['content'][number];

function isMedium({ type }: Part): boolean {
  return type === 'image' || type === 'file' || type === 'audio';
}

function addTexts(part: Part, texts: string[]): void {
  if (part.type === 'tool-call') texts.push(part.name, part.json);
  else if (part.type === 'vendor') texts.push(JSON.stringify(part.state.data ?? null));
  else if ('text' in part) texts.push(part.text);
}
