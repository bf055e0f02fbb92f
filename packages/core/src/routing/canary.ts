import type { Canary } from '../snapshot.js';
import { hashText, mixHashes } from './hash.js';
import type { Candidate } from './plan.js';
import type { RouteContext } from './question.js';
import { stickyKey } from './strategies/sticky.js';

/**
 * The target on trial, for its share of the requests. Under `sticky` the share is one of sessions, so that no conversation
 * changes sides.
 */
export function drawCanary(
  { candidate, share }: Canary,
  sticks: boolean,
  context: RouteContext,
): Candidate | undefined {
  const { question, state, notes } = context;
  const key = sticks ? stickyKey(question) : undefined;
  const lot = key ? mixHashes(key.hash, hashText(candidate.circuit, key.hash)) : state.random();
  const percent = `${Number((share * 100).toPrecision(4))} %`;
  if (lot < share) {
    notes?.keep(candidate, 'canary', `On trial with ${percent} of the requests, of which this is one.`);
    return candidate;
  }
  notes?.reject(candidate, 'canary_not_drawn', `On trial with ${percent} of the requests, of which this is none.`);
  return undefined;
}
