import { isJsonObject } from '@sluice/toolkit';
import type { IncomingHeaders, JsonObject } from '@sluice/contract';
import type { RouteQuestion } from './question.js';

const NONE: readonly string[] = [];

export const TAGS_HEADER = 'x-sluice-tags';

/** The request's tags: the header `x-sluice-tags`, separated by commas, and those of the body. */
export function tagsOf({ headers, wishes }: Pick<RouteQuestion, 'headers' | 'wishes'>): readonly string[] {
  const header = headers[TAGS_HEADER];
  const listed = wishes?.tags ?? NONE;
  if (header === undefined) return listed;
  return [...headerTags(header), ...listed];
}

function headerTags(header: NonNullable<IncomingHeaders[string]>): readonly string[] {
  const lines = typeof header === 'string' ? [header] : header;
  const named = lines.flatMap((line) => line.split(',')).map((tag) => tag.trim());
  return named.filter((tag) => tag !== '');
}

/** `metadata` of the body, where it is an object. */
export function metadataOf(wire: JsonObject): JsonObject | undefined {
  const { metadata } = wire;
  return isJsonObject(metadata) ? metadata : undefined;
}
