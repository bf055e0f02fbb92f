import type { JsonObject, TimedText, UploadedFile } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** By the ending of a name. https://ai.google.dev/gemini-api/docs/audio#supported-formats */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mp3'],
  ['mpga', 'audio/mp3'],
  ['mpeg', 'audio/mp3'],
  ['aiff', 'audio/aiff'],
  ['aac', 'audio/aac'],
  ['ogg', 'audio/ogg'],
  ['oga', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['flac', 'audio/flac'],
  ['m4a', 'audio/m4a'],
  ['mp4', 'audio/mp4'],
  ['webm', 'audio/webm'],
]);
/** What clients call some of these. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/mpeg', 'audio/mp3'],
  ['audio/x-flac', 'audio/flac'],
]);

/** A recording and its type in the vendor's words; the type that came with it, or that its name tells. */
export function toRecording({ filename, mediaType, bytes }: UploadedFile): {
  readonly mimeType: string;
  readonly data: string;
} {
  const [type = ''] = mediaType.toLowerCase().split(';', 1);
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  const isTold = type.startsWith('audio/') || type.startsWith('video/');
  const mimeType = isTold ? (OTHER_NAMES.get(type) ?? type) : (TYPES.get(ending) ?? 'audio/wav');
  return { mimeType, data: asBase64(bytes) };
}

function asBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** When a word was said; nothing for one whose times are not told. Offsets are texts such as `1.250s`. */
export function toTimed(
  word: unknown,
  names: readonly [text: string, start: string, end: string],
): readonly TimedText[] {
  if (!isJsonObject(word)) return [];
  const [text, start, end] = [word[names[0]], toSeconds(word, names[1]), toSeconds(word, names[2])];
  return typeof text === 'string' && start !== undefined && end !== undefined ? [{ start, end, text }] : [];
}

/** A piece of a transcript, as long as from its first word to its last; nothing where no word of it has times. */
export function toSegment(text: string, words: readonly TimedText[]): readonly TimedText[] {
  const [first, last] = [words[0], words.at(-1)];
  return first && last ? [{ start: first.start, end: last.end, text }] : [];
}

function toSeconds(holder: JsonObject, name: string): number | undefined {
  const offset = holder[name];
  const seconds = typeof offset === 'string' ? Number.parseFloat(offset) : Number.NaN;
  return Number.isFinite(seconds) ? seconds : undefined;
}
