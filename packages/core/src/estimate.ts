import type { AssistantPart, ChatRequest, Message, UserPart } from '@sluice/contract';

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
export function estimatePrompt({ messages, tools = [], vendorTools = [] }: ChatRequest): number {
  let chars = JSON.stringify([...tools, ...vendorTools]).length - '[]'.length;
  let media = 0;
  for (const message of messages) {
    for (const part of message.content) {
      if (isMedium(part)) media += 1;
      else chars += charsOf(part);
    }
  }
  return estimateTokens(chars) + media * TOKENS_PER_MEDIUM + messages.length * TOKENS_PER_MESSAGE;
}

type Part = UserPart | AssistantPart | Message['content'][number];

function isMedium({ type }: Part): boolean {
  return type === 'image' || type === 'file' || type === 'audio';
}

function charsOf(part: Part): number {
  if (part.type === 'tool-call') return part.name.length + part.json.length;
  if (part.type === 'vendor') return JSON.stringify(part.state.data ?? null).length;
  return 'text' in part ? part.text.length : 0;
}
