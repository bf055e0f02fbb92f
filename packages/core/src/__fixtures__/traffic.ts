import { seededRandom } from '@sluice/testkit';
import type { Strategy } from '../routing/strategies/strategy.js';
import { contextOf, questionOf, stateOf, targetsOf } from './routing.js';

export interface Traffic {
  readonly seed: number;
  readonly targets: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** How long a call that begins now waits for its first token; `noise` is drawn from 0 to 1. */
  latencyMs(target: number, atMs: number, noise: number): number;
}
export interface SimulatedCall {
  readonly target: number;
  readonly atMs: number;
  readonly tookMs: number;
}

const QUESTION = questionOf('fast', { body: { stream: true } });

/** Streams that begin at a steady rate, each sent where the strategy puts it first. */
export function simulate(
  strategy: Strategy,
  { seed, targets: count, perSecond, seconds, latencyMs }: Traffic,
): { readonly calls: readonly SimulatedCall[] } {
  const random = seededRandom(seed);
  const state = stateOf(random);
  const targets = targetsOf(Array.from({ length: count }, () => 1));
  const calls: SimulatedCall[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    const [first] = strategy.order(targets, contextOf(state, QUESTION));
    if (!first) throw new Error('There is no target.');
    const target = targets.indexOf(first);
    const atMs = state.clock.monotonic();
    const tookMs = latencyMs(target, sent * (1_000 / perSecond), random());
    calls.push({ target, atMs: sent * (1_000 / perSecond), tookMs });
    const stats = state.stats.of(first.candidate.circuit);
    stats.begin('stream', atMs);
    state.clock.after(tookMs, () => {
      stats.answered('stream', tookMs, state.clock.monotonic());
      stats.end('ok', state.clock.monotonic());
    });
    state.clock.advance(1_000 / perSecond);
  }
  return { calls };
}
