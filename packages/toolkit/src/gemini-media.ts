import type { AudioPart, FilePart, ImagePart, JsonObject } from '@sluice/contract';
import { untranslatable } from './adjust.js';
import { geminiFields, geminiState, stateBeside } from './gemini-shapes.js';
import { isJsonObject, toText } from './json.js';
import { readImageUrl } from './openai-shapes.js';

export type GeminiMedia = ImagePart | FilePart | AudioPart;

/** Types of sounds by the format's short name. https://ai.google.dev/gemini-api/docs/audio#supported-formats */
const AUDIO_TYPES: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mp3'],
  ['opus', 'audio/ogg'],
  ['pcm16', 'audio/l16;rate=24000'],
]);
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['mpeg', 'mp3'],
  ['x-wav', 'wav'],
  ['wave', 'wav'],
  ['l16', 'pcm16'],
  ['pcm', 'pcm16'],
  ['x-flac', 'flac'],
  ['x-aiff', 'aiff'],
]);

/** Types by the ending of a path: the wire wants one beside every address. */
const FILE_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['gif', 'image/gif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['mp3', 'audio/mp3'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/mov'],
  ['webm', 'video/webm'],
]);

/** `inlineData` for bytes, `fileData` for an address. Throws `invalid_value` for a file that another vendor keeps. */
export function writeMedia(part: GeminiMedia): JsonObject {
  if (part.type === 'audio') return inline(toAudioType(part.format), part.base64);
  const { source } = part;
  if (source.kind === 'base64') return inline(source.mediaType, source.base64);
  if (source.kind === 'stored') {
    const fileData = geminiFields(source.state);
    if (!fileData) throw untranslatable('a file that another vendor keeps');
    return { fileData };
  }
  const read = readImageUrl(source.url);
  if (read.kind === 'base64') return inline(read.mediaType, read.base64);
  const fallback = part.type === 'image' ? 'image/jpeg' : 'application/pdf';
  return { fileData: { fileUri: source.url, mimeType: typeOf(source.url) ?? fallback } };
}

const INLINE: ReadonlySet<string> = new Set(['inlineData']);
const FILE: ReadonlySet<string> = new Set(['fileData']);

/** The media of a part; nothing for a part that holds none. */
export function readMedia(part: JsonObject): GeminiMedia | undefined {
  if (isJsonObject(part.inlineData)) return readInline(part, part.inlineData);
  return isJsonObject(part.fileData) ? readFile(part, part.fileData) : undefined;
}

function readInline(part: JsonObject, { mimeType, data, displayName }: JsonObject): GeminiMedia {
  const mediaType = toText(mimeType);
  const base64 = toText(data);
  const beside = stateBeside(part, INLINE);
  if (/^audio\//i.test(mediaType)) return { type: 'audio', format: toAudioFormat(mediaType), base64, ...beside };
  const source = { kind: 'base64', mediaType, base64 } as const;
  if (/^image\//i.test(mediaType)) return { type: 'image', source, ...beside };
  return { type: 'file', source, ...(typeof displayName === 'string' ? { filename: displayName } : {}), ...beside };
}

/** Only an address of the open web means something to others; what lies at Google is this vendor's own. */
function readFile(part: JsonObject, fileData: JsonObject): GeminiMedia {
  const type = /^image\//i.test(toText(fileData.mimeType)) ? 'image' : 'file';
  const url = toText(fileData.fileUri);
  if (/^https?:/.test(url) && !/^https:\/\/generativelanguage\.googleapis\.com\//.test(url)) {
    return { type, source: { kind: 'url', url }, opaque: geminiState(part) };
  }
  return { type, source: { kind: 'stored', state: geminiState(fileData) }, ...stateBeside(part, FILE) };
}

function inline(mimeType: string, data: string): JsonObject {
  return { inlineData: { mimeType, data } };
}

function toAudioType(format: string): string {
  return AUDIO_TYPES.get(format) ?? `audio/${format}`;
}

function toAudioFormat(mediaType: string): string {
  const [subtype = ''] = mediaType.slice('audio/'.length).toLowerCase().split(';');
  return AUDIO_FORMATS.get(subtype) ?? subtype;
}

function typeOf(url: string): string | undefined {
  const [path = ''] = url.split(/[?#]/, 1);
  return FILE_TYPES.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}
