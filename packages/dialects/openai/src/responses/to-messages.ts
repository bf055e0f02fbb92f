import type { AssistantPart, FilePart, ImagePart, Message, UserPart } from '@sluice/contract';
import { OPENAI_RESPONSES, readImageUrl } from '@sluice/toolkit/openai-wire';
import { untranslatable } from '../untranslatable.js';
import { isKnown, isMessage } from './items-schema.js';
import type { WireItem, WireKnownItem, WireMessageItem, WireOtherItem, WirePart } from './items-schema.js';
import { imageTypeOf } from '@sluice/toolkit';
import type { SealedState } from '@sluice/toolkit';
import { openState } from './sealed-state.js';

type Path = readonly PropertyKey[];
type WireImage = Extract<WirePart, { type: 'input_image' }>;
type WireFile = Extract<WirePart, { type: 'input_file' }>;
type WireReasoning = Extract<WireKnownItem, { type: 'reasoning' }>;

/**
 * Items as a conversation: what an assistant said and called in a row is one message. Throws `invalid_value` for what no
 * other dialect could say.
 */
export function toMessages(items: readonly WireItem[]): readonly Message[] {
  const messages: Message[] = [];
  let said: AssistantPart[] | undefined;
  for (const [i, item] of items.entries()) {
    if (isAssistant(item)) {
      if (!said) messages.push({ role: 'assistant', content: (said = []) });
      addAssistantItem(said, item, ['input', i]);
    } else {
      said = undefined;
      messages.push(isMessage(item) ? toMessage(item, ['input', i]) : toToolResult(item, ['input', i]));
    }
  }
  return messages;
}

type CallOutput = Extract<WireKnownItem, { type: 'function_call_output' | 'custom_tool_call_output' }>;
type AssistantItem = Exclude<WireItem, CallOutput>;

function isAssistant(item: WireItem): item is AssistantItem {
  if (isMessage(item)) return item.role === 'assistant';
  return !(isKnown(item) && isOutput(item));
}

function isOutput(item: WireKnownItem): item is CallOutput {
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

function toMessage({ role, content }: WireMessageItem, path: Path): Message {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : toUserParts(content, path);
  if (role === 'user') return { role, content: parts };
  const texts = parts.filter((part) => part.type === 'text');
  if (texts.length < parts.length) throw untranslatable(path, `a ${role} message of more than text`);
  return { role: 'system', content: texts };
}

function toToolResult(item: WireItem, path: Path): Message {
  const { call_id: callId, output } = item as CallOutput;
  const content: readonly UserPart[] =
    typeof output === 'string' ? [{ type: 'text', text: output }] : toUserParts(output, [...path, 'output']);
  return { role: 'tool', callId, content };
}

function toUserParts(parts: readonly WirePart[], path: Path): readonly UserPart[] {
  return parts.map((part, i): UserPart => {
    switch (part.type) {
      case 'input_text':
      case 'output_text':
      case 'text':
        return { type: 'text', text: part.text };
      case 'refusal':
        return { type: 'text', text: part.refusal };
      case 'input_image':
        return toImage(part, [...path, i]);
      case 'input_file':
        return toFile(part, [...path, i]);
      case 'input_audio':
        return { type: 'audio', format: part.input_audio.format, base64: part.input_audio.data };
    }
  });
}

function toImage({ image_url: url, file_id: id, detail }: WireImage, path: Path): ImagePart {
  const looked = detail ? ({ detail: detail === 'original' ? 'high' : detail } as const) : {};
  if (url) return { type: 'image', source: readImageUrl(url), ...looked };
  if (id) return { type: 'image', source: storedFile(id), ...looked };
  throw untranslatable(path, 'an image without "image_url" or "file_id"');
}

function toFile({ file_data: data, file_id: id, file_url: url, filename }: WireFile, path: Path): FilePart {
  const named = filename ? { filename } : {};
  if (data) return { type: 'file', source: readImageUrl(data), ...named };
  if (url) return { type: 'file', source: { kind: 'url', url }, ...named };
  if (id) return { type: 'file', source: storedFile(id), ...named };
  throw untranslatable(path, 'a file without "file_data", "file_url" or "file_id"');
}

function storedFile(id: string): ImagePart['source'] {
  return { kind: 'stored', state: { kind: OPENAI_RESPONSES, data: { file_id: id } } };
}

function addAssistantItem(said: AssistantPart[], item: AssistantItem, path: Path): void {
  if (isMessage(item)) said.push(...toSaid(item.content, path));
  else if (!isKnown(item))
    said.push(toPicture(item) ?? { type: 'vendor', state: { kind: OPENAI_RESPONSES, data: item } });
  else if (item.type === 'function_call') {
    said.push({ type: 'tool-call', id: item.call_id, name: item.name, json: item.arguments });
  } else if (item.type === 'custom_tool_call') {
    said.push({ type: 'tool-call', id: item.call_id, name: item.name, json: JSON.stringify({ input: item.input }) });
  } else if (item.type === 'reasoning') addReasoning(said, item);
}

/** A picture that an answer brought: whoever sees pictures of its own can look at it again. */
function toPicture({ type, result }: WireOtherItem): ImagePart | undefined {
  if (type !== 'image_generation_call' || typeof result !== 'string' || result === '') return undefined;
  return { type: 'image', source: { kind: 'base64', mediaType: imageTypeOf(result), base64: result } };
}

function toSaid(content: WireMessageItem['content'], path: Path): readonly AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return content.map((part, i): AssistantPart => {
    if (part.type === 'refusal') return { type: 'refusal', text: part.refusal };
    if ('text' in part && typeof part.text === 'string') return { type: 'text', text: part.text };
    throw untranslatable([...path, 'content', i], `a part of type "${part.type}" from the assistant`);
  });
}

/** An item that the gateway named, of a vendor that knows no such names. OpenAI's own have no second underscore. */
const OUR_ID = /^rs_.+_\d+$/;

/** Reasoning, or the state that another vendor wants back with a part that stands already there. */
function addReasoning(said: AssistantPart[], item: WireReasoning): void {
  const sealed = item.encrypted_content ? openState(item.encrypted_content) : undefined;
  if (sealed?.on !== undefined) return attach(said, sealed);
  const texts = item.summary.length > 0 ? item.summary : (item.content ?? []);
  const text = texts.map((part) => part.text).join('\n\n');
  const own =
    item.id && !sealed && !OUR_ID.test(item.id) ? { kind: OPENAI_RESPONSES, data: { id: item.id } } : undefined;
  const opaque = sealed?.state ?? own;
  said.push({ type: 'reasoning', text, ...(opaque ? { opaque } : {}) });
}

function attach(said: AssistantPart[], { state, on }: SealedState): void {
  if (on === 'part') {
    said.push({ type: 'vendor', state });
    return;
  }
  const wanted = (part: AssistantPart): boolean =>
    on === 'text'
      ? part.type === 'text' || part.type === 'image'
      : part.type === 'tool-call' && typeof on === 'object' && part.id === on.call;
  const at = said.findLastIndex(wanted);
  const part = said[at];
  if (part?.type === 'text' || part?.type === 'image' || part?.type === 'tool-call')
    said[at] = { ...part, opaque: state };
}
