import type { AssistantMessage, AssistantPart, JsonObject, Message, TextPart } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import { fieldOf, toWireCitation } from './state.js';

/** What the model said, called and thought, as the vendor wants it back. npm cohere-ai 8.1.0, `AssistantMessage`. */
export function writeAssistant({ content: parts }: AssistantMessage): JsonObject {
  const callsTools = parts.some(({ type }) => type === 'tool-call');
  const blocks: JsonObject[] = [];
  const citations: JsonObject[] = [];
  let plan = '';
  for (const part of parts) {
    if (isPlan(part, callsTools)) plan += part.text;
    else blocks.push(...writeBlock(part));
    if (part.type === 'text') citations.push(...writeCitations(part, blocks.length - 1));
  }
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [writeCall(part)] : []));
  return {
    role: 'assistant',
    content: writeBlocks(blocks, callsTools),
    tool_plan: plan === '' ? undefined : plan,
    tool_calls: callsTools ? calls : undefined,
    citations: citations.length === 0 ? undefined : citations,
  };
}

type Reasoning = Extract<AssistantPart, { readonly type: 'reasoning' }>;

/** The vendor's own plan, and what another vendor thought before it called tools. */
function isPlan(part: AssistantPart, callsTools: boolean): part is Reasoning {
  if (part.type !== 'reasoning') return false;
  const field = fieldOf(part);
  return field === undefined ? callsTools : field === 'tool_plan';
}

function writeBlocks(blocks: readonly JsonObject[], callsTools: boolean): string | readonly JsonObject[] | undefined {
  const [first] = blocks;
  if (!first) return callsTools ? undefined : '';
  return blocks.length === 1 && typeof first.text === 'string' ? first.text : blocks;
}

function writeBlock(part: AssistantPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning':
      return fieldOf(part) === undefined ? [] : [{ type: 'thinking', thinking: part.text }];
    case 'tool-call':
      return [];
    case 'audio':
      if (part.transcript !== undefined) return [{ type: 'text', text: part.transcript }];
      break;
    case 'image':
    case 'vendor':
      break;
  }
  throw untranslatable(`a part of type "${part.type}" from the assistant`);
}

/** They name the block that they stand in, which may be another one than it was. */
function writeCitations({ citations = [] }: TextPart, block: number): readonly JsonObject[] {
  return citations.flatMap((citation) => {
    const wire = toWireCitation(citation);
    return wire ? [{ ...wire, content_index: block }] : [];
  });
}

function writeCall({ id, name, json }: Extract<AssistantPart, { readonly type: 'tool-call' }>): JsonObject {
  return { id, type: 'function', function: { name, arguments: json.trim() === '' ? '{}' : json } };
}

/** Another vendor's reasoning, where no tool was called, and what nobody can read. */
export function losesReasoning(message: Message): boolean {
  if (message.role !== 'assistant') return false;
  const callsTools = message.content.some(({ type }) => type === 'tool-call');
  return message.content.some(
    (part) => part.type === 'reasoning' && fieldOf(part) === undefined && (!callsTools || part.text === ''),
  );
}

/** Another vendor's citation. */
export function losesCitation(message: Message): boolean {
  if (message.role !== 'assistant') return false;
  return message.content.some(
    (part) => part.type === 'text' && part.citations?.some((citation) => !toWireCitation(citation)),
  );
}
