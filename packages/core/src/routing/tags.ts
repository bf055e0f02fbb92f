import { gatewayError } from '@sluice/contract';
import type { AliasTarget } from '../snapshot.js';
import type { RouteContext } from './question.js';
import { tagsOf } from './request-facts.js';

/**
 * The targets for the request's tags: those that have one of them; where none has, those without tags. Throws
 * `invalid_value` where every target is kept for other tags.
 */
export function keepTagged(targets: readonly AliasTarget[], { question, notes }: RouteContext): readonly AliasTarget[] {
  if (!targets.some(({ tags }) => tags)) return targets;
  const asked = tagsOf(question);
  const has = ({ tags }: AliasTarget): boolean => asked.some((tag) => tags?.has(tag));
  const isMatched = targets.some(has);
  const fits = isMatched ? has : ({ tags }: AliasTarget): boolean => tags === undefined;
  const kept = targets.filter(fits);
  if (notes)
    for (const target of targets) if (!fits(target)) notes.reject(target.candidate, 'tag_mismatch', why(target));
  if (kept.length > 0) return kept;
  throw gatewayError('invalid_value', {
    message: 'Every target of this model is kept for requests with tags, and this request has none of them.',
    details: { param: 'model' },
  });
}

function why({ tags }: AliasTarget): string {
  if (!tags) return 'Another target has one of the tags of the request.';
  return `Kept for requests with one of the tags ${[...tags].join(', ')}.`;
}
