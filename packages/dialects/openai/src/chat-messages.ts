import type {
  AssistantPart,
  FilePart,
  ImagePart,
  MediaSource,
  Message,
  TextPart,
  ToolMessage,
  UserPart,
} from '@sluice/contract';
import { given } from '@sluice/toolkit';
import {
  OPENAI_CHAT,
  readAnnotation,
  readAudio,
  readCacheMark,
  readImageUrl,
  readImages,
  readReasoning,
  readToolCalls,
  storedFile,
  withHeldStates,
} from '@sluice/toolkit/openai-wire';
import type { Extras } from './extras.js';
import type { WireMessage, WireToolContent, WireUserContent } from './message-schema.js';
import { untranslatable } from './untranslatable.js';

type Role<Name extends WireMessage['role']> = Extract<WireMessage, { role: Name }>;
type WireUserPart = Exclude<WireUserContent, string>[number];
type WireTextPart = Extract<WireUserPart, { type: 'text' }>;
type WireImagePart = Extract<WireUserPart, { type: 'image_url' }>;
type WireFilePart = Extract<WireUserPart, { type: 'file' }>;

const MARKS = ['cache_control', 'prompt_cache_breakpoint'] as const;
const MESSAGE = new Set(['role', 'content', ...MARKS]);
const TOOL_MESSAGE = new Set([...MESSAGE, 'tool_call_id']);
const ASSISTANT_MESSAGE = new Set([
  ...MESSAGE,
  'refusal',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking_blocks',
  'annotations',
  'images',
  'tool_calls',
  'function_call',
  'audio',
]);
const TEXT_PART = new Set(['type', 'text', ...MARKS]);
const IMAGE_PART = new Set(['type', 'image_url', ...MARKS]);
const TOOL_CALL = new Set(['id', 'type', 'function', 'custom', 'index', 'extra_content']);
const FILE_PART = new Set(['type', 'file', ...MARKS]);

/** Messages without their dialect, one for each. */
export function toMessages(messages: readonly WireMessage[], extras: Extras): readonly Message[] {
  return messages.map((message, position) => {
    switch (message.role) {
      case 'system':
      case 'developer':
        extras.takeAt(position, message, MESSAGE);
        return { role: 'system', content: marked(toTexts(message.content, extras), message) };
      case 'user':
        extras.takeAt(position, message, MESSAGE);
        return { role: 'user', content: marked(toUserParts(message.content, { extras, position }), message) };
      case 'assistant':
        extras.takeAt(position, message, ASSISTANT_MESSAGE);
        return { role: 'assistant', content: marked(toAssistantParts(message, { extras, position }), message) };
      case 'tool':
        extras.takeAt(position, message, TOOL_MESSAGE);
        return toToolMessage(message, { extras, position });
      case 'function':
        return toFunctionResult(message, messages.slice(0, position));
    }
  });
}

interface Place {
  readonly extras: Extras;
  /** Of the message; names it in the failure of what no other dialect could say. */
  readonly position: number;
}

/** A mark on the message stands for one on its last part. */
function marked<Part extends { readonly type: string }>(parts: readonly Part[], message: object): readonly Part[] {
  const { cache } = readCacheMark(message as Record<string, unknown>);
  const last = parts.at(-1);
  if (!cache || !last || !takesMark(last.type)) return parts;
  return [...parts.slice(0, -1), { ...last, cache }];
}

function takesMark(type: string): boolean {
  return type === 'text' || type === 'image' || type === 'file' || type === 'tool-call';
}

function toTexts(content: string | readonly WireTextPart[], extras: Extras): readonly TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => toText(part, extras));
}

function toText(part: WireTextPart, extras: Extras): TextPart {
  const own = extras.take(part, TEXT_PART, 'messages.content');
  return { type: 'text', text: part.text, ...readCacheMark(part), ...own };
}

function toUserParts(content: WireUserContent | WireToolContent, place: Place): readonly UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, i) => {
    switch (part.type) {
      case 'text':
        return toText(part, place.extras);
      case 'image_url':
        return toImage(part, place.extras);
      case 'input_audio':
        return { type: 'audio', format: part.input_audio.format, base64: part.input_audio.data };
      case 'file':
        return toFile(part, place.extras, ['messages', place.position, 'content', i]);
      case 'video_url':
        return { type: 'vendor', state: { kind: OPENAI_CHAT, data: part } };
    }
  });
}

function toImage(part: WireImagePart, extras: Extras): ImagePart {
  const { url, detail } = part.image_url;
  return {
    type: 'image',
    source: readImageUrl(url),
    ...given('detail', detail === 'original' ? 'high' : detail),
    ...readCacheMark(part),
    ...extras.take(part, IMAGE_PART, 'messages.content'),
  };
}

function toFile(part: WireFilePart, extras: Extras, path: readonly PropertyKey[]): FilePart {
  const source = toFileSource(part.file);
  if (!source) throw untranslatable(path, 'a file without its contents or its id');
  return {
    type: 'file',
    source,
    ...given('filename', part.file.filename),
    ...readCacheMark(part),
    ...extras.take(part, FILE_PART, 'messages.content'),
  };
}

/** OpenAI takes a data URL, OpenRouter also the address of a file, LiteLLM that address as the id. */
function toFileSource({ file_data: data, file_id: id }: WireFilePart['file']): MediaSource | undefined {
  if (data !== undefined) {
    if (/^(?:data|https?):/.test(data)) return readImageUrl(data);
    return { kind: 'base64', mediaType: 'application/pdf', base64: data };
  }
  if (id === undefined) return undefined;
  return /^https?:/.test(id) ? { kind: 'url', url: id } : storedFile(id);
}

function toToolMessage(message: Role<'tool'>, place: Place): ToolMessage {
  const content = toUserParts(message.content, place);
  return { role: 'tool', callId: message.tool_call_id, content, ...readCacheMark(message) };
}

function toAssistantParts(message: Role<'assistant'>, place: Place): readonly AssistantPart[] {
  const { parts, held } = readReasoning(message);
  for (const call of message.tool_calls ?? []) place.extras.take(call, TOOL_CALL, 'messages.tool_calls');
  const isOld = (message.tool_calls ?? []).length === 0;
  const calls = readToolCalls(message).map((call) => (isOld ? { ...call, id: oldCallId(place.position) } : call));
  return withHeldStates(
    [
      ...parts,
      ...toSaid(message, place.extras),
      ...(message.refusal ? [{ type: 'refusal' as const, text: message.refusal }] : []),
      ...readImages(message.images),
      ...readAudio(message.audio),
      ...calls,
    ],
    held,
  );
}

function toSaid({ content, annotations }: Role<'assistant'>, extras: Extras): readonly AssistantPart[] {
  const parts: AssistantPart[] =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : (content ?? []).map((part) =>
          part.type === 'text' ? toText(part, extras) : { type: 'refusal', text: part.refusal },
        );
  const said = parts.filter((part) => part.type !== 'text' || part.text !== '');
  const citations = (annotations ?? []).flatMap((entry) => readAnnotation(entry) ?? []);
  const first = said.findIndex(({ type }) => type === 'text');
  if (citations.length === 0 || first < 0) return said;
  return said.with(first, { ...(said[first] as TextPart), citations });
}

/** The first form of a tool call had no id, for there was one in a message. */
function oldCallId(position: number): string {
  return `call_${position}`;
}

/** The result of a call in the first form, which is named by its function. */
function toFunctionResult({ name, content }: Role<'function'>, before: readonly WireMessage[]): ToolMessage {
  const caller = before.findLastIndex(
    (message) => message.role === 'assistant' && message.function_call?.name === name,
  );
  if (caller < 0) throw untranslatable(['messages', before.length], 'the result of a function that nobody called');
  return { role: 'tool', callId: oldCallId(caller), content: [{ type: 'text', text: content ?? '' }] };
}
