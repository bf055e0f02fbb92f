import type { AliasTarget } from '../../snapshot.js';
import { hashText, mixHashes } from '../hash.js';
import { conversationKey } from '../prompt.js';
import type { ConversationKey } from '../prompt.js';
import type { RouteContext, RouteQuestion } from '../question.js';
import { orderByScore } from './order-by-score.js';
import type { Strategy } from './strategy.js';
import { weighted } from './weighted.js';

/**
 * The same target for the same conversation, so that what its provider has kept of the prompt is found again. Rendezvous
 * hashing by weight: each target's rank depends on itself and the key alone, so a lost one moves only its own share.
 */
export const sticky: Strategy = {
  order(targets, context) {
    const key = stickyKey(context.question);
    if (!key) return weighted.order(targets, context);
    return orderByScore(
      targets,
      (target) => rank(target, key.hash),
      () => 0,
    );
  },
  explain(placed, context: RouteContext) {
    const key = stickyKey(context.question);
    if (!key) return weighted.explain(placed, context);
    return { code: 'sticky', reason: `Rank ${placed.position + 1} for ${key.by}; weight ${placed.target.weight}.` };
  },
};

/** The lower, the earlier: an exponential draw whose lot is the hash. */
function rank({ candidate, weight }: AliasTarget, key: number): number {
  return -Math.log(mixHashes(key, hashText(candidate.circuit))) / weight;
}

/** What keeps requests together: the session, else the conversation. */
export function stickyKey(question: RouteQuestion): ConversationKey | undefined {
  const session = question.headers['x-sluice-session'];
  if (typeof session === 'string' && session !== '') return { hash: hashText(session), by: 'the session' };
  return conversationKey(question);
}
