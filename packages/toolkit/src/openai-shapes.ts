import type { CacheMark, ImagePart, JsonObject, MediaSource, VendorState } from '@sluice/contract';
import { untranslatable } from './adjust.js';
import { isJsonObject } from './json.js';

/** Ids of the dialects. */
export const OPENAI_CHAT = 'openai-chat';
export const OPENAI_COMPLETIONS = 'openai-completions';
export const OPENAI_RESPONSES = 'openai-responses';
export const OPENAI_EMBEDDINGS = 'openai-embeddings';
/** The kind of the ids under which OpenAI keeps files, the same in all its dialects. */
export const OPENAI_FILES = 'openai-files';
export const OPENAI_IMAGES = 'openai-images';
export const OPENAI_SPEECH = 'openai-speech';
export const OPENAI_TRANSCRIPTIONS = 'openai-transcriptions';
export const OPENAI_MODERATIONS = 'openai-moderations';

/** A file by its id at OpenAI. */
export function storedFile(id: string): MediaSource {
  return { kind: 'stored', state: { kind: OPENAI_FILES, data: { file_id: id } } };
}

/** The id of a file at OpenAI, whichever of its dialects named it; nothing for a file of another vendor. */
export function storedFileId({ kind, data }: VendorState): string | undefined {
  const isOwn = kind === OPENAI_FILES || kind === OPENAI_RESPONSES;
  return isOwn && isJsonObject(data) && typeof data.file_id === 'string' ? data.file_id : undefined;
}

/** Members of this dialect that a canonical part has no place for, to be carried with it; nothing where there are none. */
export function ownState(fields: JsonObject): { readonly opaque?: VendorState } {
  for (const _ in fields) return { opaque: { kind: OPENAI_CHAT, data: { fields } } };
  return {};
}

/** What {@link ownState} put into a part. */
export function ownFields(opaque: VendorState | undefined): JsonObject {
  if (opaque?.kind !== OPENAI_CHAT || !isJsonObject(opaque.data)) return {};
  return isJsonObject(opaque.data.fields) ? opaque.data.fields : {};
}

/** `image_url.url` for an image, a data URL where its bytes came along. Throws `invalid_value` for a vendor's own file. */
export function writeImageUrl(source: ImagePart['source']): string {
  if (source.kind === 'stored') throw untranslatable('an image by the id of a file');
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}

/** The image or file behind a URL. */
export function readImageUrl(url: string): Exclude<MediaSource, { kind: 'stored' }> {
  // The payload may be megabytes long: only the part before the comma is looked at.
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return { kind: 'url', url };
  return { kind: 'base64', mediaType: head.slice(0, -';base64'.length), base64: url.slice(comma + 1) };
}

/**
 * The mark on a part of a prompt: Anthropic's `cache_control`, as OpenRouter and LiteLLM take it, or OpenAI's
 * `prompt_cache_breakpoint` (npm openai 7.57.0, resources/chat/completions/completions.d.ts).
 */
export function readCacheMark({ cache_control: theirs, prompt_cache_breakpoint: own }: JsonObject): {
  readonly cache?: CacheMark;
} {
  if (isJsonObject(theirs)) return { cache: theirs.ttl === '1h' || theirs.ttl === '5m' ? { ttl: theirs.ttl } : {} };
  if (isJsonObject(own)) return { cache: own.ttl === '12h' ? { ttl: '1h' } : {} };
  return {};
}
