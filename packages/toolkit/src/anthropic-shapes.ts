import type { JsonObject, ReasoningPart } from '@sluice/contract';
import { ownData } from './anthropic-state.js';
import { isJsonObject, tryParseExact } from './json.js';

export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}
export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}
/** The block that a reasoning part came from; nothing for a part that this vendor has not signed. */
export function toThinkingBlock({ text, opaque }: ReasoningPart): ThinkingBlock | RedactedThinkingBlock | undefined {
  const { signature, redacted } = ownData(opaque) ?? {};
  if (typeof redacted === 'string') return { type: 'redacted_thinking', data: redacted };
  return typeof signature === 'string' ? { type: 'thinking', thinking: text, signature } : undefined;
}

/**
 * A tool call's arguments as the object that the wire wants. Text that is no JSON object goes under `INVALID_JSON`, the
 * key that the vendor's guide on streamed tool input names for it, so that the model sees what it wrote.
 */
export function toToolInput(json: string): JsonObject {
  if (json.trim() === '') return {};
  const input = tryParseExact(json);
  return isJsonObject(input) ? input : { INVALID_JSON: json };
}

const TOOL_ID_REFUSED = /[^a-zA-Z0-9_-]/g;

/** Another vendor's id of a tool call in the letters that this wire takes: the same for a call and for its result. */
export function toToolUseId(id: string): string {
  return id === '' ? 'toolu_0' : id.replace(TOOL_ID_REFUSED, '_');
}
