import type { AssistantPart, ImagePart, ToolCallPart } from '@sluice/contract';
import { untranslatable } from './adjust.js';

/** Ids of the dialects. */
export const OPENAI_CHAT = 'openai-chat';
export const OPENAI_RESPONSES = 'openai-responses';
export const OPENAI_EMBEDDINGS = 'openai-embeddings';

export interface WireToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}
/** What an assistant said, in a request's history as in an answer. Absent fields were not said. */
export interface WireAssistant {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly refusal?: string;
  readonly tool_calls?: readonly WireToolCall[];
}

/** An assistant's parts as one message. The order between text and tool calls has no place in this dialect. */
export function writeAssistant(parts: readonly AssistantPart[]): WireAssistant {
  const content = joinText(parts, 'text');
  const reasoning = joinText(parts, 'reasoning');
  const refusal = joinText(parts, 'refusal');
  const calls = parts.filter((part) => part.type === 'tool-call');
  return {
    role: 'assistant',
    content: content ?? null,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeToolCall) }),
  };
}

function writeToolCall({ id, name, json }: ToolCallPart): WireToolCall {
  return { id, type: 'function', function: { name, arguments: json } };
}

function joinText(parts: readonly AssistantPart[], type: 'text' | 'reasoning' | 'refusal'): string | undefined {
  let text: string | undefined;
  for (const part of parts) if (part.type === type) text = (text ?? '') + part.text;
  return text;
}

/** `image_url.url` for an image, a data URL where its bytes came along. Throws `invalid_value` for a vendor's own file. */
export function writeImageUrl(source: ImagePart['source']): string {
  if (source.kind === 'stored') throw untranslatable('an image by the id of a file');
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}

/** The image behind `image_url.url`. */
export function readImageUrl(url: string): ImagePart['source'] {
  // The payload may be megabytes long: only the part before the comma is looked at.
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return { kind: 'url', url };
  return { kind: 'base64', mediaType: head.slice(0, -';base64'.length), base64: url.slice(comma + 1) };
}
