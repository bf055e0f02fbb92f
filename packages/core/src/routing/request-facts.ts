import { isJsonObject } from '@sluice/toolkit';
import type { JsonObject } from '@sluice/contract';
import type { RouteQuestion } from './question.js';

const NONE: readonly string[] = [];

/** The request's tags: the header `x-sluice-tags`, separated by commas, and those of the body. */
export function tagsOf({ headers, wishes }: RouteQuestion): readonly string[] {
  const header = headers['x-sluice-tags'];
  const listed = wishes?.tags ?? NONE;
  if (header === undefined) return listed;
  const lines = typeof header === 'string' ? [header] : header;
  const named = lines.flatMap((line) => line.split(',')).map((tag) => tag.trim());
  return [...named.filter((tag) => tag !== ''), ...listed];
}

/** `metadata` of the body, where it is an object. */
export function metadataOf(wire: JsonObject): JsonObject | undefined {
  const { metadata } = wire;
  return isJsonObject(metadata) ? metadata : undefined;
}
