import { gatewayError } from '@sluice/contract';
import { TAGS_HEADER, tagsOf } from '../routing/request-facts.js';
import type { RouteQuestion } from '../routing/question.js';

/** More than this is data, not a label; each of them stands in the row of the request. */
const MAX_TAGS = 32;
const MAX_TAG_CHARS = 128;
const CONTROL = /\p{Cc}/u;

/**
 * The tags that a request is found by afterwards, each once; nothing where it has none. Throws `invalid_value` for too many
 * of them, for one that is too long, and for control characters.
 */
export function readTags(asked: Pick<RouteQuestion, 'headers' | 'wishes'>): readonly string[] | undefined {
  if (asked.headers[TAGS_HEADER] === undefined && asked.wishes?.tags === undefined) return undefined;
  const tags = [...new Set(tagsOf(asked))].filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS) throw wrong(asked, `at most ${MAX_TAGS} tags`);
  if (tags.some((tag) => tag.length > MAX_TAG_CHARS || CONTROL.test(tag))) {
    throw wrong(asked, `tags of at most ${MAX_TAG_CHARS} characters, none of them a control character`);
  }
  return tags.length === 0 ? undefined : tags;
}

function wrong({ wishes }: Pick<RouteQuestion, 'wishes'>, wanted: string): Error {
  const param = wishes?.tags === undefined ? TAGS_HEADER : 'metadata.tags';
  return gatewayError('invalid_value', { message: `"${param}" must be ${wanted}.`, details: { param } });
}
