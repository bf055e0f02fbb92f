import type { JsonObject, MediaSource } from '@sluice/contract';
import { untranslatable } from './adjust.js';
import { ownData, ownState } from './anthropic-state.js';
import { isJsonObject } from './json.js';

/**
 * How many fields a source of each type has. One with more is kept beside its canonical form.
 * Sources: npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `ImageBlockParam` and `DocumentBlockParam`.
 */
const FIELD_COUNTS: ReadonlyMap<unknown, number> = new Map([
  ['url', 2],
  ['base64', 3],
  ['file', 2],
  ['text', 3],
]);
const PLAIN_TEXT = 'text/plain';
/** What is text, and goes as such: the vendor takes no other form of it. */
const TEXT_TYPE = /^(?:text\/|application\/(?:json|xml|x-yaml|yaml)\b)/;

export interface ReadSource {
  readonly source: MediaSource;
  /** The source as it came, where its canonical form does not tell all of it. */
  readonly raw?: JsonObject;
}

/** The `source` of an image or a document. A form that others could not read is kept as the vendor's own. */
export function readSource(wire: JsonObject): ReadSource {
  const source = toMediaSource(wire);
  if (!source) return { source: { kind: 'stored', state: ownState({ source: wire }) } };
  return Object.keys(wire).length === FIELD_COUNTS.get(wire.type) ? { source } : { source, raw: wire };
}

function toMediaSource(wire: JsonObject): MediaSource | undefined {
  const { type, url, data, media_type: mediaType, file_id: fileId } = wire;
  if (type === 'url' && typeof url === 'string') return { kind: 'url', url };
  if (type === 'file' && typeof fileId === 'string') return { kind: 'stored', state: ownState({ file_id: fileId }) };
  if (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string') {
    return { kind: 'base64', mediaType, base64: data };
  }
  const text = type === 'text' ? data : type === 'content' ? joinTexts(wire.content) : undefined;
  return typeof text === 'string' ? fromText(text) : undefined;
}

function fromText(text: string): MediaSource {
  return { kind: 'base64', mediaType: PLAIN_TEXT, base64: Buffer.from(text).toString('base64') };
}

/** Nothing where a block is no text: then the document is more than its text. */
function joinTexts(content: unknown): string | undefined {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : undefined;
  const texts = content.map((block) => (isJsonObject(block) && block.type === 'text' ? block.text : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined;
}

/** `source` of an image. Throws `invalid_value` for one that another vendor keeps. */
export function writeImageSource(source: MediaSource, raw: unknown): JsonObject {
  const own = kept(source, raw);
  if (own) return own;
  const inline = inlined(source);
  if (inline.kind !== 'base64') return writeReference(inline, 'image');
  return { type: 'base64', media_type: inline.mediaType, data: inline.base64 };
}

/** `source` of a document. Throws `invalid_value` for a form of file that the vendor does not read. */
export function writeDocumentSource(source: MediaSource, raw: unknown): JsonObject {
  const own = kept(source, raw);
  if (own) return own;
  const inline = inlined(source);
  if (inline.kind !== 'base64') return writeReference(inline, 'file');
  const { mediaType, base64 } = inline;
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data: base64 };
  if (!TEXT_TYPE.test(mediaType)) throw untranslatable(`a file of type "${mediaType.slice(0, 64)}"`);
  return { type: 'text', media_type: PLAIN_TEXT, data: Buffer.from(base64, 'base64').toString('utf8') };
}

/** The source as it came, as long as the canonical form still says what it said. */
function kept(source: MediaSource, raw: unknown): JsonObject | undefined {
  if (!isJsonObject(raw)) return undefined;
  return JSON.stringify(toMediaSource(raw)) === JSON.stringify(source) ? raw : undefined;
}

function writeReference(source: MediaSource, what: string): JsonObject {
  if (source.kind === 'url') return { type: 'url', url: source.url };
  const { file_id: fileId, source: own } = (source.kind === 'stored' && ownData(source.state)) || {};
  if (typeof fileId === 'string') return { type: 'file', file_id: fileId };
  if (isJsonObject(own)) return own;
  throw untranslatable(`the ${what} that another provider keeps`);
}

/** A `data:` URL as the bytes that it is; every other source as it is. */
function inlined(source: MediaSource): MediaSource {
  if (source.kind !== 'url' || !source.url.startsWith('data:')) return source;
  const comma = source.url.indexOf(',');
  const [mediaType = '', ...parameters] = source.url.slice('data:'.length, comma).split(';');
  const data = source.url.slice(comma + 1);
  const base64 = parameters.includes('base64') ? data : Buffer.from(decodeURIComponent(data)).toString('base64');
  return { kind: 'base64', mediaType, base64 };
}
