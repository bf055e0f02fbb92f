import type {
  AssistantPart,
  AudioPart,
  ImagePart,
  JsonObject,
  ReasoningPart,
  ToolCallPart,
  VendorState,
} from '@sluice/contract';
import { audioFormatOf } from './audio-format.js';
import { geminiState } from './gemini-shapes.js';
import { given } from './given.js';
import { isJsonObject, toText, tryParseJson } from './json.js';
import { writeAnnotations } from './openai-annotations.js';
import { readReasoningDetail, readThinkingBlock, writeReasoningDetail, writeStateDetail } from './openai-details.js';
import type { ReasoningDetail, WireDetail } from './openai-details.js';
import { OPENAI_CHAT, ownFields, ownState, readImageUrl, writeImageUrl } from './openai-shapes.js';

export type WireToolCall =
  | {
      readonly id: string;
      readonly type: 'function';
      readonly function: { readonly name: string; readonly arguments: string };
    }
  | {
      readonly id: string;
      readonly type: 'custom';
      readonly custom: { readonly name: string; readonly input: string };
    };

/** What an assistant said, in a request's history as in an answer. Absent fields were not said. */
export interface WireAssistant {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly WireDetail[];
  readonly refusal?: string;
  readonly annotations?: readonly JsonObject[];
  readonly images?: readonly JsonObject[];
  readonly audio?: JsonObject;
  readonly tool_calls?: readonly WireToolCall[];
}

/**
 * An assistant's parts as one message. The order between text and tool calls has no place in this dialect;
 * `reasoning_details` stand there only where a vendor wants something back.
 */
export function writeAssistant(parts: readonly AssistantPart[]): WireAssistant {
  const calls = parts.filter((part) => part.type === 'tool-call');
  const images = parts.filter((part) => part.type === 'image');
  const audio = parts.find((part) => part.type === 'audio');
  return {
    role: 'assistant',
    content: joinText(parts, 'text') ?? null,
    ...given('reasoning_content', joinText(parts, 'reasoning')),
    ...listed('reasoning_details', writeDetails(parts)),
    ...given('refusal', joinText(parts, 'refusal')),
    ...listed('annotations', annotationsOf(parts)),
    ...listed('images', images.map(writeImage)),
    ...given('audio', audio && writeAudio(audio)),
    ...listed('tool_calls', calls.map(writeToolCall)),
  };
}

/** An image of an answer, as OpenRouter has it: npm @openrouter/sdk 1.3.19, models/chatassistantimages.d.ts. */
export function writeImage({ source }: ImagePart): JsonObject {
  return { type: 'image_url', image_url: { url: writeImageUrl(source) } };
}

export function writeAudio({ base64, transcript, opaque }: AudioPart): JsonObject {
  const { id = '', expires_at = 0 } = ownFields(opaque);
  return { id, data: base64, expires_at, transcript: transcript ?? '' };
}

/** A call of a custom tool has a text for its input, which stands as `{"input": ...}` in a {@link ToolCallPart}. */
export function writeToolCall({ id, name, json, opaque }: ToolCallPart): WireToolCall {
  if (isCustomCall(opaque)) return { id, type: 'custom', custom: { name, input: customInput(json) } };
  return { id, type: 'function', function: { name, arguments: json }, ...ownFields(opaque) };
}

/** Marks a {@link ToolCallPart} as the call of a custom tool. */
export const CUSTOM_CALL: VendorState = { kind: OPENAI_CHAT, data: { fields: { type: 'custom' } } };

export function isCustomCall(opaque: VendorState | undefined): boolean {
  return ownFields(opaque).type === 'custom';
}

/** The text that a custom tool was called with. */
export function customInput(json: string): string {
  const parsed = tryParseJson(json);
  return isJsonObject(parsed) && typeof parsed.input === 'string' ? parsed.input : json;
}

/** The entries of `reasoning_details` for parts of which at least one carries a vendor's state; else none. */
export function writeDetails(parts: readonly AssistantPart[]): readonly WireDetail[] {
  if (!parts.some(stateOf)) return [];
  const details: WireDetail[] = [];
  for (const [at, part] of parts.entries()) {
    const index = details.length;
    const state = stateOf(part);
    if (part.type === 'reasoning') details.push(writeReasoningDetail(part, index));
    else if (state && part.type === 'vendor') details.push(writeStateDetail({ of: 'part', state, at }, index));
    else if (state && part.type === 'tool-call')
      details.push(writeStateDetail({ of: 'call', id: part.id, state }, index));
    else if (state) details.push(writeStateDetail({ of: 'text', state }, index));
  }
  return details;
}

function stateOf(part: AssistantPart): VendorState | undefined {
  if (part.type === 'vendor') return part.state;
  if (part.type === 'reasoning') return part.opaque;
  // What is this dialect's own stands on the message itself.
  const isHolder = (part.type === 'text' || part.type === 'tool-call') && part.opaque?.kind !== OPENAI_CHAT;
  return isHolder ? part.opaque : undefined;
}

/** State that stands in a message apart from the part that it belongs to. */
export type HeldState = Exclude<ReasoningDetail, { of: 'reasoning' }>;

/**
 * The reasoning of a message under any of its names: `reasoning_details`, `thinking_blocks`, `reasoning_content`,
 * `reasoning`. The first that is there counts, for they tell the same.
 */
export function readReasoning(message: JsonObject): {
  readonly parts: readonly ReasoningPart[];
  readonly held: readonly HeldState[];
} {
  const entries = detailsOf(message);
  const parts: ReasoningPart[] = [];
  let open: string | undefined;
  for (const entry of entries) {
    if (entry.of !== 'reasoning') continue;
    const begun = open !== undefined && entry.piece === open ? parts.pop() : undefined;
    const text = (begun?.text ?? '') + entry.text;
    parts.push({ type: 'reasoning', text, ...given('opaque', entry.state ?? begun?.opaque) });
    open = entry.ends ? undefined : entry.piece;
  }
  const spoken = parts.some(({ text }) => text !== '') ? '' : readReasoningText(message);
  return {
    parts: spoken === '' ? parts : [{ type: 'reasoning', text: spoken }, ...parts],
    held: entries.filter((entry) => entry.of !== 'reasoning'),
  };
}

/** The reasoning of a message or of a delta as text alone. It goes by two names. */
export function readReasoningText({ reasoning_content: named, reasoning }: JsonObject): string {
  return toText(named) || toText(reasoning);
}

function detailsOf({ reasoning_details: details, thinking_blocks: blocks }: JsonObject): readonly ReasoningDetail[] {
  if (Array.isArray(details) && details.length > 0) return details.flatMap((entry) => readReasoningDetail(entry) ?? []);
  return Array.isArray(blocks) ? blocks.flatMap((block) => readThinkingBlock(block) ?? []) : [];
}

/** Gives states that stood apart back to their parts, and vendors' own parts their places. */
export function withHeldStates(parts: readonly AssistantPart[], held: readonly HeldState[]): readonly AssistantPart[] {
  if (held.length === 0) return parts;
  const whole: AssistantPart[] = parts.map((part) => {
    const state = held.find((one) => isFor(one, part))?.state;
    return state ? ({ ...part, opaque: state } as AssistantPart) : part;
  });
  for (const one of held) if (one.of === 'part') whole.splice(one.at, 0, { type: 'vendor', state: one.state });
  return whole;
}

function isFor(held: HeldState, part: AssistantPart): boolean {
  if (held.of === 'call') return part.type === 'tool-call' && part.id === held.id;
  return held.of === 'text' && part.type === 'text';
}

/** `tool_calls` of a message, and the one call that OpenAI's first form of it had room for. */
export function readToolCalls({ tool_calls: calls, function_call: old }: JsonObject): readonly ToolCallPart[] {
  if (Array.isArray(calls) && calls.length > 0) return calls.flatMap(readToolCall);
  return isJsonObject(old) ? readToolCall({ function: old }, 0) : [];
}

function readToolCall(call: unknown, position: number): readonly ToolCallPart[] {
  if (!isJsonObject(call)) return [];
  // Older servers number their calls by position only.
  const { id: own, type: _, index: __, function: called, custom, ...fields } = call;
  const id = toText(own) || `call_${position}`;
  if (isJsonObject(custom)) {
    const json = JSON.stringify({ input: toText(custom.input) });
    return [{ type: 'tool-call', id, name: toText(custom.name), json, opaque: CUSTOM_CALL }];
  }
  if (!isJsonObject(called)) return [];
  const { name, arguments: json } = called;
  const opaque = geminiSignature(fields) ?? ownState(fields).opaque;
  return [{ type: 'tool-call', id, name: toText(name), json: readArguments(json) || '{}', ...given('opaque', opaque) }];
}

/** Mistral allows itself an object where the dialect has its text: npm @mistralai/mistralai 2.7.0, models/components/functioncall.d.ts. */
export function readArguments(json: unknown): string {
  return isJsonObject(json) ? JSON.stringify(json) : toText(json);
}

/** Where Google's own server of the dialect keeps it: https://ai.google.dev/gemini-api/docs/thought-signatures */
function geminiSignature({ extra_content: extra, ...others }: JsonObject): VendorState | undefined {
  const google = isJsonObject(extra) && Object.keys(others).length === 0 ? extra.google : undefined;
  const signature = isJsonObject(google) ? google.thought_signature : undefined;
  return typeof signature === 'string' ? geminiState({ thoughtSignature: signature }) : undefined;
}

export function readImages(images: unknown): readonly ImagePart[] {
  if (!Array.isArray(images)) return [];
  return images.flatMap((image: unknown) => {
    const url = isJsonObject(image) && isJsonObject(image.image_url) ? image.image_url.url : undefined;
    return typeof url === 'string' ? [{ type: 'image', source: readImageUrl(url) } as const] : [];
  });
}

/** The sound of an answer, or the id of one that an earlier answer brought. */
export function readAudio(audio: unknown): readonly AudioPart[] {
  if (!isJsonObject(audio)) return [];
  const { data, transcript, ...fields } = audio;
  const base64 = toText(data);
  return [
    {
      type: 'audio',
      format: base64 === '' ? '' : audioFormatOf(base64),
      base64,
      ...(typeof transcript === 'string' && transcript !== '' ? { transcript } : {}),
      ...ownState(fields),
    },
  ];
}

function annotationsOf(parts: readonly AssistantPart[]): readonly JsonObject[] {
  const annotations: JsonObject[] = [];
  let offset = 0;
  for (const part of parts) {
    if (part.type !== 'text') continue;
    const end = offset + part.text.length;
    annotations.push(...writeAnnotations(part.citations ?? [], [offset, end]));
    offset = end;
  }
  return annotations;
}

function joinText(parts: readonly AssistantPart[], type: 'text' | 'reasoning' | 'refusal'): string | undefined {
  let text: string | undefined;
  for (const part of parts) if (part.type === type) text = (text ?? '') + part.text;
  return text;
}

function listed<Key extends string, Entry>(
  key: Key,
  entries: readonly Entry[],
): { readonly [K in Key]?: readonly Entry[] } {
  return given(key, entries.length === 0 ? undefined : entries);
}
