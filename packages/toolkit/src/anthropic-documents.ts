import type { FilePart, ImagePart, JsonObject, TextPart } from '@sluice/contract';
import { BLOCK_FIELDS } from './anthropic-blocks.js';
import { readSource, writeDocumentSource, writeImageSource } from './anthropic-sources.js';
import { ownData, ownFields, ownState, readCommon, toCacheMark, writeCacheMark } from './anthropic-state.js';
import { isJsonObject } from './json.js';

/** A `document` block: a PDF, a text, or blocks of text. */
export function toDocument(block: JsonObject): FilePart {
  const { source, raw } = readSource(isJsonObject(block.source) ? block.source : {});
  const { title } = block;
  return {
    type: 'file',
    source,
    ...(typeof title === 'string' ? { filename: title } : {}),
    ...readCommon(block, { known: BLOCK_FIELDS.document, own: raw && { source: raw } }),
  };
}

/** The `document` block for a file. Throws `invalid_value` for a form that the vendor does not read. */
export function writeDocument({ source, filename, cache, opaque }: FilePart): JsonObject {
  return {
    type: 'document',
    source: writeDocumentSource(source, ownData(opaque)?.source),
    ...(filename === undefined ? {} : { title: filename }),
    ...ownFields(opaque),
    ...writeCacheMark(cache),
  };
}

/** The `image` block for an image. Throws `invalid_value` for one that another vendor keeps. */
export function writeImage({ source, cache, opaque }: ImagePart): JsonObject {
  return {
    type: 'image',
    source: writeImageSource(source, ownData(opaque)?.source),
    ...ownFields(opaque),
    ...writeCacheMark(cache),
  };
}

/** A `search_result` block as text that any model can read, and as itself for this vendor. */
export function toSearchResult(block: JsonObject): TextPart {
  const { cache_control: control, ...rest } = block;
  const cache = toCacheMark(control);
  return {
    type: 'text',
    text: textOfResult(block),
    ...(cache ? { cache } : {}),
    opaque: ownState({ block: cache ? rest : block }),
  };
}

/** The block that a text stands for, as long as it still says the same. */
export function writeSearchResult({ text, cache, opaque }: TextPart): JsonObject | undefined {
  const block = ownData(opaque)?.block;
  if (!isJsonObject(block) || textOfResult(block) !== text) return undefined;
  return { ...block, ...writeCacheMark(cache) };
}

function textOfResult({ title, source, content }: JsonObject): string {
  const blocks = Array.isArray(content) ? content.filter(isJsonObject) : [];
  return [title, source, ...blocks.map(({ text }) => text)].filter((text) => typeof text === 'string').join('\n');
}
