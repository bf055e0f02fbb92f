import type { Citation, JsonObject } from '@sluice/contract';
import { asList, asObjects, isJsonObject } from '@sluice/toolkit';

/** A source of an answer, with the place that it stands for in bytes of UTF-8. */
export interface Source {
  /** Place of the part among those of the answer; absent where the bytes are those of all its text together. */
  readonly part?: number;
  readonly bytes: readonly [start: number, end: number] | undefined;
  readonly citation: Citation;
}

/**
 * Where an answer took something from: what its search found, and what it recites. Shapes: npm @google/genai 3.3.0,
 * dist/genai.d.ts, `GroundingMetadata` and `CitationMetadata`. That both count bytes, and from where:
 * https://ai.google.dev/api/generate-content#Segment and https://ai.google.dev/api/generate-content#CitationSource
 */
export function readSources({ groundingMetadata, citationMetadata }: JsonObject): readonly Source[] {
  return [
    ...(isJsonObject(groundingMetadata) ? readGrounding(groundingMetadata) : []),
    ...(isJsonObject(citationMetadata) ? asObjects(citationMetadata.citations).flatMap(readRecited) : []),
  ];
}

function readGrounding({ groundingChunks, groundingSupports }: JsonObject): readonly Source[] {
  const found = asList(groundingChunks).map(toCitation);
  const supports = asObjects(groundingSupports);
  if (supports.length === 0)
    return found.flatMap((citation) => (citation ? [{ part: 0, bytes: undefined, citation }] : []));
  return supports.flatMap(({ segment, groundingChunkIndices }) => {
    const place = isJsonObject(segment) ? segment : {};
    const bytes = toBytes(place);
    const part = typeof place.partIndex === 'number' ? place.partIndex : 0;
    const cited = asList(groundingChunkIndices).map((index) => (typeof index === 'number' ? found[index] : undefined));
    return cited.flatMap((citation) => (citation ? [{ part, bytes, citation }] : []));
  });
}

function toCitation(chunk: unknown): Citation | undefined {
  if (!isJsonObject(chunk)) return undefined;
  const source = [chunk.web, chunk.retrievedContext, chunk.maps, chunk.image].find(isJsonObject);
  if (!source) return undefined;
  const url = source.uri ?? source.sourceUri;
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof source.title === 'string' ? { title: source.title } : {}),
    ...(typeof source.text === 'string' ? { citedText: source.text } : {}),
  };
}

function readRecited(recited: JsonObject): readonly Source[] {
  const { uri, title } = recited;
  const citation = {
    ...(typeof uri === 'string' ? { url: uri } : {}),
    ...(typeof title === 'string' ? { title } : {}),
  };
  return [{ bytes: toBytes(recited), citation }];
}

/** The wire leaves a start of 0 out. */
function toBytes({ startIndex, endIndex }: JsonObject): Source['bytes'] {
  return typeof endIndex === 'number' ? [typeof startIndex === 'number' ? startIndex : 0, endIndex] : undefined;
}

/** The sources with their places in characters of `text`, which `before` bytes stand before, where these are inside it. */
export function placeSources(sources: readonly Source[], text: string, before: number): readonly Citation[] {
  if (sources.length === 0) return [];
  const utf8 = Buffer.from(text);
  return sources.map(({ part, bytes, citation }) => {
    const skipped = part === undefined ? before : 0;
    const [from, to] = bytes ? [bytes[0] - skipped, bytes[1] - skipped] : [-1, -1];
    if (from < 0 || from > to || to > utf8.length) return citation;
    return { ...citation, range: [utf8.toString('utf8', 0, from).length, utf8.toString('utf8', 0, to).length] };
  });
}
