import type { Citation, JsonObject, VendorState } from '@sluice/contract';
import { isJsonObject } from './json.js';
import { OPENAI_CHAT } from './openai-shapes.js';

/**
 * The citations of one text as `annotations`, where the text stands from `start` to `end` in the message. OpenAI's own
 * form is `url_citation` (npm openai 7.57.0, resources/chat/completions/completions.d.ts); OpenRouter adds the cited
 * words as its `content`. What has no address is a `citation` of the same members, a type that OpenAI does not know.
 */
export function writeAnnotations(
  citations: readonly Citation[],
  [start, end]: readonly [start: number, end: number],
): readonly JsonObject[] {
  return citations.map((citation) => {
    const { opaque, range } = citation;
    if (opaque?.kind === OPENAI_CHAT && isJsonObject(opaque.data)) return opaque.data;
    return writeCitation(citation, range ? [range[0] + start, range[1] + start] : [start, end]);
  });
}

function writeCitation(
  { url, title, citedText, opaque }: Citation,
  [start, end]: readonly [number, number],
): JsonObject {
  const members = {
    ...(citedText === undefined ? {} : { content: citedText }),
    ...(opaque ? { opaque } : {}),
    start_index: start,
    end_index: end,
  };
  if (url === undefined)
    return { type: 'citation', citation: { ...(title === undefined ? {} : { title }), ...members } };
  return { type: 'url_citation', url_citation: { url, title: title ?? '', ...members } };
}

/** A citation for an entry of `annotations`; what is in no known form stays as it is, for who wrote it. */
export function readAnnotation(entry: unknown): Citation | undefined {
  if (!isJsonObject(entry)) return undefined;
  const members = entry.type === 'citation' ? entry.citation : entry.type === 'url_citation' ? entry.url_citation : 0;
  if (!isJsonObject(members)) return { opaque: { kind: OPENAI_CHAT, data: entry } };
  const { url, title, content, opaque, start_index: start, end_index: end } = members;
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof title === 'string' && title !== '' ? { title } : {}),
    ...(typeof content === 'string' ? { citedText: content } : {}),
    ...(typeof start === 'number' && typeof end === 'number' ? { range: [start, end] as const } : {}),
    ...(isState(opaque) ? { opaque } : {}),
  };
}

function isState(value: unknown): value is VendorState {
  return isJsonObject(value) && typeof value.kind === 'string' && 'data' in value;
}
