import type { AudioPart, FilePart, ImagePart, JsonObject, MediaSource } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';

/** npm @aws-sdk/client-bedrock-runtime 3.1164.0, dist-types/models/enums.d.ts, `ImageFormat`. */
const IMAGE_FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'webp']);
/** `DocumentFormat` of the same file, by media type. */
const DOCUMENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
]);
const DOCUMENT_FORMATS: ReadonlySet<string> = new Set(DOCUMENT_TYPES.values());
/** `AudioFormat`, where callers call it otherwise. */
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['pcm16', 'pcm'],
  ['mpeg3', 'mp3'],
]);

/** What is sent of a medium: its bytes, or where in S3 it stands. The API fetches nothing else. */
interface Located {
  readonly source: JsonObject;
  readonly mediaType: string;
  /** The letters behind the last dot of its address. */
  readonly extension: string;
}

export function toImageBlock({ source }: ImagePart): JsonObject {
  const { source: located, mediaType, extension } = locate(source, 'an image');
  const name = mediaType === '' ? extension : mediaType.replace(/^image\//, '');
  const format = name === 'jpg' ? 'jpeg' : name;
  if (!IMAGE_FORMATS.has(format)) throw untranslatable('an image that is no PNG, JPEG, GIF or WebP');
  return { image: { format, source: located } };
}

/** `name` as {@link createDocumentNames} gives it. */
export function toDocumentBlock({ source, filename = '' }: FilePart, name: string): JsonObject {
  const { source: located, mediaType, extension } = locate(source, 'a file');
  const named = filename.includes('.') ? extensionOf(filename) : extension;
  const format = DOCUMENT_TYPES.get(mediaType) ?? named;
  if (!DOCUMENT_FORMATS.has(format)) throw untranslatable('a file of this type');
  return { document: { format, name, source: located } };
}

export function toAudioBlock({ format, base64 }: AudioPart): JsonObject {
  return { audio: { format: AUDIO_FORMATS.get(format) ?? format, source: { bytes: base64 } } };
}

function locate(source: MediaSource, what: string): Located {
  switch (source.kind) {
    case 'base64':
      return { source: { bytes: source.base64 }, mediaType: toType(source.mediaType), extension: '' };
    case 'stored':
      throw untranslatable(`${what} by the id of a file`);
    case 'url':
      return locateUrl(source.url, what);
  }
}

function locateUrl(url: string, what: string): Located {
  if (url.startsWith('s3://')) {
    return { source: { s3Location: { uri: url } }, mediaType: '', extension: extensionOf(url) };
  }
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  if (comma < 0) throw untranslatable(`${what} by its URL (only inline data and s3:// addresses can)`);
  const [mediaType = '', ...options] = url.slice('data:'.length, comma).split(';');
  const data = url.slice(comma + 1);
  const bytes = options.includes('base64') ? data : Buffer.from(percentDecoded(data)).toString('base64');
  return { source: { bytes }, mediaType: toType(mediaType), extension: '' };
}

function percentDecoded(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    throw untranslatable('a data URL that is not well formed');
  }
}

/** The type alone, without parameters. */
function toType(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

/** The API takes 200; the number that tells two names apart needs some. */
const MAX_NAME_CHARS = 190;

/** Gives each document of one request a name of its own, in the characters that the API takes. */
export type DocumentNames = (filename: string | undefined) => string;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
export function createDocumentNames(): DocumentNames {
  const taken = new Set<string>();
  return (filename = '') => {
    const base = toName(filename);
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base} (${count})`;
    taken.add(name);
    return name;
  };
}

function toName(filename: string): string {
  const stem = filename.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  const clean = stem.replace(/[^A-Za-z0-9\-()[\]]+/g, ' ').trim();
  return clean === '' ? 'document' : clean.slice(0, MAX_NAME_CHARS).trim();
}
