import type { JsonObject, ReasoningPart, VendorState } from '@sluice/contract';
import { isJsonObject, tryParseJson } from './json.js';

/** The dialect's id, also the kind of the state that its thinking blocks carry. */
export const ANTHROPIC_MESSAGES = 'anthropic-messages';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}
export interface ImageBlock {
  readonly type: 'image';
  readonly source:
    | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string };
}
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}
export interface ToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: readonly (TextBlock | ImageBlock)[];
  readonly is_error?: true;
}
export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}
export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}
export type AssistantBlock = TextBlock | ToolUseBlock | ThinkingBlock | RedactedThinkingBlock;
export type UserBlock = TextBlock | ImageBlock | ToolResultBlock;

/** The signature of a thinking block, as state to carry. */
export function signatureState(signature: string): VendorState {
  return { kind: ANTHROPIC_MESSAGES, data: { signature } };
}

/** The content of a redacted thinking block, as state to carry. */
export function redactedState(redacted: string): VendorState {
  return { kind: ANTHROPIC_MESSAGES, data: { redacted } };
}

/** The block that a reasoning part came from; nothing for a part that this vendor has not signed. */
export function toThinkingBlock({ text, opaque }: ReasoningPart): ThinkingBlock | RedactedThinkingBlock | undefined {
  if (opaque?.kind !== ANTHROPIC_MESSAGES || !isJsonObject(opaque.data)) return undefined;
  const { signature, redacted } = opaque.data;
  if (typeof redacted === 'string') return { type: 'redacted_thinking', data: redacted };
  return typeof signature === 'string' ? { type: 'thinking', thinking: text, signature } : undefined;
}

/**
 * A tool call's arguments as the object that the wire wants. Text that is no JSON object goes under `INVALID_JSON`, the
 * key that the vendor's guide on streamed tool input names for it, so that the model sees what it wrote.
 */
export function toToolInput(json: string): JsonObject {
  if (json.trim() === '') return {};
  const input = tryParseJson(json);
  return isJsonObject(input) ? input : { INVALID_JSON: json };
}

const TOOL_ID_REFUSED = /[^a-zA-Z0-9_-]/g;

/** Another vendor's id of a tool call in the letters that this wire takes: the same for a call and for its result. */
export function toToolUseId(id: string): string {
  return id === '' ? 'toolu_0' : id.replace(TOOL_ID_REFUSED, '_');
}
