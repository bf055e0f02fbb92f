import type { AudioPart, CacheMark, FilePart, ImagePart, JsonObject, TextPart, UserPart } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import { OPENAI_CHAT, ownFields, storedFileId, writeImageUrl } from '@sluice/toolkit/openai-wire';
import type { Losses } from './losses.js';
import type { ServerRules } from '../rules.js';

/** What the writers of messages share. */
export interface Writing {
  readonly rules: ServerRules;
  /** The form of the marks of a prompt cache that the model takes. */
  readonly marks: NonNullable<ServerRules['cacheMarks']>['form'] | undefined;
  readonly losses: Losses;
}

/** One text alone goes as a string, which every server takes. */
export function writeContent(parts: readonly UserPart[], writing: Writing): string | readonly JsonObject[] {
  const written = parts.map((part) => writePart(part, writing));
  const [first] = written;
  return written.length === 1 && first && isPlainText(first) ? String(first.text) : written;
}

function isPlainText(part: JsonObject): boolean {
  return part.type === 'text' && Object.keys(part).length === 2;
}

/** A part of what a user shows. Throws `invalid_value` for one that the server could not see. */
export function writePart(part: UserPart, writing: Writing): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...markOf(part.cache, writing), ...ownFields(part.opaque) };
    case 'image':
      return writeImagePart(part, writing);
    case 'file':
      return writeFile(part, writing);
    case 'audio':
      return writeSound(part, writing.rules);
    case 'vendor':
      if (part.state.kind !== OPENAI_CHAT) throw untranslatable('a part that only its own vendor knows');
      return part.state.data as JsonObject;
  }
}

function writeSound({ base64, format }: AudioPart, { sounds }: ServerRules): JsonObject {
  if (!sounds) throw untranslatable('a part of type "audio"');
  return { type: 'input_audio', input_audio: sounds === 'plain' ? base64 : { data: base64, format } };
}

function writeImagePart({ source, detail, cache, opaque }: ImagePart, writing: Writing): JsonObject {
  if (writing.rules.images === false) throw untranslatable('an image');
  return {
    type: 'image_url',
    image_url: { url: writeImageUrl(source), detail },
    ...markOf(cache, writing),
    ...ownFields(opaque),
  };
}

function writeFile(part: FilePart, writing: Writing): JsonObject {
  const { source, cache, opaque } = part;
  if (source.kind === 'base64' && /^text\/|json$/.test(source.mediaType)) return writeTextFile(part, writing);
  if (!writing.rules.files?.includes(source.kind)) throw untranslatable(FILE_WORDS[source.kind]);
  const file = source.kind === 'stored' ? writeStoredFile(part, writing) : writeDocument(part, writing);
  return { ...file, ...markOf(cache, writing), ...ownFields(opaque) };
}

function writeDocument({ source, filename }: FilePart, { rules }: Writing): JsonObject {
  const url = writeImageUrl(source);
  if (rules.documents === 'document_url') return { type: 'document_url', document_url: url, document_name: filename };
  if (rules.documents === undefined) {
    return { type: 'file', file: { filename: filename ?? 'document.pdf', file_data: url } };
  }
  const address = source.kind === 'base64' ? source.base64 : url;
  return { type: 'file_url', file_url: { url: address }, file_name: filename };
}

function writeStoredFile({ source, filename }: FilePart, { rules }: Writing): JsonObject {
  const id = source.kind === 'stored' ? storedFileId(source.state) : undefined;
  if (id === undefined) throw untranslatable('a file that another vendor keeps');
  return rules.documents ? { type: 'file', file_id: id } : { type: 'file', file: { file_id: id, filename } };
}

const FILE_WORDS = { base64: 'a file', url: 'a file by its address', stored: 'a file by its id' } as const;

/** Servers of the dialect read documents, not texts; a text stands for itself. */
function writeTextFile({ source, filename, cache }: FilePart, writing: Writing): JsonObject {
  writing.losses.note('messages.file', 'emulated');
  const text = source.kind === 'base64' ? Buffer.from(source.base64, 'base64').toString() : '';
  return { type: 'text', text: filename === undefined ? text : `${filename}:\n${text}`, ...markOf(cache, writing) };
}

/** The mark of a prompt cache in the server's form. OpenAI keeps for 30 minutes or for 12 hours. */
export function markOf(cache: CacheMark | undefined, { marks, losses }: Writing): JsonObject {
  if (!cache) return {};
  if (marks === 'cache_control') return { cache_control: { type: 'ephemeral', ttl: cache.ttl } };
  if (marks === undefined) {
    losses.note('cache_control', 'dropped');
    return {};
  }
  if (cache.ttl !== undefined) losses.note('cache_control.ttl', 'changed');
  return { prompt_cache_breakpoint: { mode: 'explicit', ttl: cache.ttl === '1h' ? '12h' : undefined } };
}

/** {@link markOf} where OpenAI has no place for one: on answers and on tools. */
export function outerMarkOf(cache: CacheMark | undefined, writing: Writing): JsonObject {
  return markOf(cache, writing.marks === 'cache_control' ? writing : { ...writing, marks: undefined });
}

/** The texts of parts that hold nothing else. */
export function textsOf(parts: readonly UserPart[]): readonly TextPart[] {
  return parts.filter((part) => part.type === 'text');
}
