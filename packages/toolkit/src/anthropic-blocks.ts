import type { AssistantPart, ImagePart, JsonObject, ReasoningPart, TextPart, ToolCallPart } from '@sluice/contract';
import { isJsonObject } from './json.js';
import { toCitations } from './anthropic-citations.js';
import { readSource } from './anthropic-sources.js';
import { ownState, readCommon, redactedState, signatureState } from './anthropic-state.js';

/**
 * The fields of each block that canonical parts have a place for. All others travel as the vendor's own.
 * Blocks: npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `ContentBlock` and `ContentBlockParam`.
 */
export const BLOCK_FIELDS = {
  text: new Set(['type', 'text', 'citations']),
  image: new Set(['type', 'source']),
  document: new Set(['type', 'source', 'title']),
  tool_use: new Set(['type', 'id', 'name', 'input']),
  tool_result: new Set(['type', 'tool_use_id', 'content', 'is_error']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted_thinking: new Set(['type', 'data']),
} as const satisfies Record<string, ReadonlySet<string>>;

const TOOL_USE_BY_MODEL: ReadonlySet<string> = new Set([...BLOCK_FIELDS.tool_use, 'caller']);

/** The fields of a tool call that are known: the caller counts among them where it is the model itself, as ever. */
function toolUseFields({ caller }: JsonObject): ReadonlySet<string> {
  return isJsonObject(caller) && caller.type === 'direct' ? TOOL_USE_BY_MODEL : BLOCK_FIELDS.tool_use;
}

/** One block of the assistant, in an answer or as history. What only this vendor knows is carried whole. */
export function toAssistantPart(block: JsonObject): AssistantPart {
  switch (block.type) {
    case 'text':
      return toText(block);
    case 'thinking':
      return toReasoning(block);
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', opaque: redactedState(asText(block.data)) };
    case 'tool_use':
      return toToolCall(block, JSON.stringify(block.input ?? {}));
    case 'image':
      return toImage(block);
    default:
      return { type: 'vendor', state: ownState(block) };
  }
}

/** Text of whoever said it, with what it cites. */
export function toText(block: JsonObject): TextPart {
  return {
    type: 'text',
    text: asText(block.text),
    ...toCitations(block.citations),
    ...readCommon(block, { known: BLOCK_FIELDS.text }),
  };
}

/** A part that says nothing, such as the empty text between two blocks. */
export function isEmptyPart(part: AssistantPart): boolean {
  if (part.type === 'text') return part.text === '' && !part.citations;
  return part.type === 'reasoning' && part.text === '' && !part.opaque;
}

/** Thinking that another vendor's model did came to the client unsigned, and goes on so. */
function toReasoning({ thinking, signature }: JsonObject): ReasoningPart {
  const signed = asText(signature);
  return {
    type: 'reasoning',
    text: asText(thinking),
    ...(signed === '' ? {} : { opaque: signatureState(signed) }),
  };
}

/** A call of a tool of the caller's; `json` is its input as text. */
export function toToolCall(block: JsonObject, json: string): ToolCallPart {
  return {
    type: 'tool-call',
    id: asText(block.id),
    name: asText(block.name),
    json,
    ...readCommon(block, { known: toolUseFields(block) }),
  };
}

/** An image of whatever source; what others cannot read of it is the vendor's own. */
export function toImage(block: JsonObject): ImagePart {
  const { source, raw } = readSource(isJsonObject(block.source) ? block.source : {});
  return { type: 'image', source, ...readCommon(block, { known: BLOCK_FIELDS.image, own: raw && { source: raw } }) };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
