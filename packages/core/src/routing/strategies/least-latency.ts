import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import type { AnswerKind } from '../target-stats.js';
import { orderByScore } from './order-by-score.js';
import type { Placed, Strategy, StrategyReason } from './strategy.js';

/** Targets this close to the fastest count as equal, so that noise decides nothing and equals share the requests. */
const EQUAL_WITHIN = 1.25;
/** A target that had no call for so long may have become another. */
const STALE_AFTER_MS = 3_000;
/** Of the requests at most so many go to a target that was slow when it was last measured. */
const EXPLORE_STALE = 0.02;
/** And so many to one that was never measured: nothing speaks against it. */
const EXPLORE_UNKNOWN = 0.1;
/** However often it fails, a target counts no worse than this many times its latency. */
const MIN_SUCCESS = 0.05;

/**
 * Shortest time to the first token first, or to the head of a plain answer where one is asked for. What a target is
 * expected to take is its moving average, or how long nothing has come from it where that is longer, over the share of
 * calls that it answers. Now and then a target that is slow or not known stands first, so that it is measured again.
 */
export const leastLatency: Strategy = {
  order(targets, context) {
    const best = Math.min(...targets.map((target) => expectedMs(target, context)));
    const bar = best * EQUAL_WITHIN;
    const score = (target: AliasTarget): number => {
      const ms = expectedMs(target, context);
      return ms <= bar ? 0 : ms;
    };
    const ordered = orderByScore(targets, score, () => context.state.random());
    const explored = toExplore(ordered, context);
    return explored ? [explored, ...ordered.filter((target) => target !== explored)] : ordered;
  },
  explain,
};

function kindOf({ question }: RouteContext): AnswerKind {
  return question.parsed.stream ? 'stream' : 'plain';
}

/** Endless where nothing was measured. */
function expectedMs({ candidate }: AliasTarget, context: RouteContext): number {
  const { clock, stats } = context.state;
  const view = stats.find(candidate.circuit);
  const ms = view?.expectedMs(kindOf(context), clock.monotonic());
  return view && ms !== undefined ? ms / Math.max(MIN_SUCCESS, 1 - view.errorShare) : Number.POSITIVE_INFINITY;
}

/** The target to measure with this request, if it is one for that: the one that waited longest. */
function toExplore(ordered: readonly AliasTarget[], context: RouteContext): AliasTarget | undefined {
  const chance = context.state.random();
  if (chance >= EXPLORE_UNKNOWN) return undefined;
  let longest: { readonly target: AliasTarget; readonly ms: number } | undefined;
  for (const target of ordered) {
    const ms = untriedMs(target, context);
    const share = expectedMs(target, context) === Number.POSITIVE_INFINITY ? EXPLORE_UNKNOWN : EXPLORE_STALE;
    if (target.weight > 0 && chance < share && ms > Math.max(STALE_AFTER_MS, longest?.ms ?? 0))
      longest = { target, ms };
  }
  return longest?.target;
}

function untriedMs({ candidate }: AliasTarget, context: RouteContext): number {
  const { clock, stats } = context.state;
  const tried = stats.find(candidate.circuit)?.sinceTriedMs(kindOf(context), clock.monotonic());
  return tried ?? Number.POSITIVE_INFINITY;
}

function explain({ target, position }: Placed, context: RouteContext): StrategyReason {
  const view = context.state.stats.find(target.candidate.circuit);
  const ms = view?.expectedMs(kindOf(context), context.state.clock.monotonic());
  const since = untriedMs(target, context);
  const measured =
    view === undefined || ms === undefined
      ? 'Not measured yet'
      : `First token expected after ${Math.round(ms)} ms, ${Math.round(view.errorShare * 100)} % of its calls failing`;
  const isExplored = position === 0 && since > STALE_AFTER_MS;
  const idle = since === Number.POSITIVE_INFINITY ? 'never asked' : `last asked ${Math.round(since / 1_000)} s ago`;
  return { code: isExplored ? 'exploration' : 'least_latency', reason: `${measured}; ${idle}.` };
}
