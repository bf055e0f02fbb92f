import fc from 'fast-check';
import { expect } from 'vitest';
import { MOODS, WORDS } from './moody-providers.js';
import type { Mood } from './moody-providers.js';
import { PROVIDERS, ScheduleWorld, TIMEOUTS } from './schedule-world.js';
import type { Asked, Policy } from './schedule-world.js';

type Action =
  | { readonly does: 'ask'; readonly stream: boolean; readonly times: number }
  | { readonly does: 'pass'; readonly ms: number }
  | { readonly does: 'behave'; readonly who: string; readonly as: Mood }
  | { readonly does: 'leave'; readonly who: number }
  | { readonly does: 'open' | 'reset'; readonly circuit: string };

const CIRCUITS = [...PROVIDERS.map((name) => `${name}/m`), 'a#0', 'a#1', 'b#0', 'a/m#1'];

const ask = fc.record({ does: fc.constant('ask' as const), stream: fc.boolean(), times: fc.constantFrom(1, 1, 2, 6) });
const pass = fc.record({ does: fc.constant('pass' as const), ms: fc.constantFrom(20, 100, 500, 500, 1_000, 2_500, 5_000) });
const behave = fc.record({
  does: fc.constant('behave' as const),
  who: fc.constantFrom(...PROVIDERS),
  as: fc.constantFrom(...MOODS),
});
const leave = fc.record({ does: fc.constant('leave' as const), who: fc.nat(20) });
const operate = fc.record({ does: fc.constantFrom('open' as const, 'reset' as const), circuit: fc.constantFrom(...CIRCUITS) });

/** Everything that may happen to a gateway in a while. */
export const schedule = fc.record({
  policy: fc.record({
    retries: fc.record({
      max: fc.integer({ min: 0, max: 4 }),
      sameTarget: fc.integer({ min: 0, max: 2 }),
      retryAfterMaxMs: fc.constantFrom(0, 2_500),
    }),
    holdBack: fc.record({ tokens: fc.nat(6), ms: fc.constantFrom(0, 60, 500) }),
    hedge: fc.record({ afterP95: fc.boolean(), maxExtraSpend: fc.constantFrom(0.05, 1) }),
  }),
  /** Further tries that the retry budget has left at first; its credit comes back with time. */
  budget: fc.constantFrom(0, 1, 3, 100),
  actions: fc.array(
    fc.oneof(
      { arbitrary: ask, weight: 8 },
      { arbitrary: pass, weight: 6 },
      { arbitrary: behave, weight: 5 },
      { arbitrary: leave, weight: 1 },
      { arbitrary: operate, weight: 1 },
    ),
    { minLength: 5, maxLength: 30, size: 'max' },
  ),
});
export interface Schedule {
  readonly policy: Policy;
  readonly budget: number;
  readonly actions: readonly Action[];
}

/** Plays a schedule and checks what must hold after whatever happened; while it runs, the circuits are watched. */
export async function holds({ policy, budget, actions }: Schedule): Promise<void> {
  const world = new ScheduleWorld(policy, budget);
  for (const action of actions) {
    await play(world, action);
    await world.settled();
  }
  // All requests end of themselves, the last one begun now.
  await world.pass(TIMEOUTS.totalMs + 2 * TIMEOUTS.idleMs, 500);
  expectSettled(world);
  for (const one of world.asked) expectAnswer(one);
  expectBounded(world, policy);
  await expectRecovery(world);
}

async function play(world: ScheduleWorld, action: Action): Promise<void> {
  switch (action.does) {
    case 'ask':
      for (let i = 0; i < action.times; i += 1) world.ask(action.stream);
      return;
    case 'pass':
      return world.pass(action.ms);
    case 'behave':
      return void world.providers.moods.set(`${action.who}.test`, action.as);
    case 'leave':
      return world.asked[action.who % Math.max(1, world.asked.length)]?.leave();
    case 'open':
      return world.circuits.inner.forceOpen(action.circuit);
    case 'reset':
      return world.circuits.inner.reset(action.circuit);
  }
}

/** Nothing is left over of any request, and each has one row that is settled once. */
function expectSettled(world: ScheduleWorld): void {
  const { asked, circuits, providers, settlements, opened, faults } = world;
  expect({
    faults,
    running: asked.filter(({ isOver }) => !isOver).length,
    permits: circuits.held,
    exchanges: providers.open,
    rows: opened,
    settled: new Set(settlements.map(({ id }) => id)).size,
    settlements: settlements.length,
  }).toEqual({
    faults: [],
    running: 0,
    permits: 0,
    exchanges: 0,
    rows: asked.length,
    settled: asked.length,
    settlements: asked.length,
  });
}

/** A stream is of one call at a provider, each piece once and in order; it ends whole or with one error, or its caller left. */
function expectAnswer(one: Asked): void {
  const words = [...one.text.matchAll(/w(\d+)\.(\d+) /g)].map(([, call, word]) => ({ call, word: Number(word) }));
  expect(new Set(words.map(({ call }) => call)).size).toBeLessThanOrEqual(1);
  expect(words.map(({ word }) => word)).toEqual(words.map((_, index) => index));
  if (one.hasLeft) return;
  const errors = one.text.split('"error":').length - 1;
  const isWhole = one.stream ? one.text.endsWith('data: [DONE]\n\n') && words.length === WORDS : words.length === 1;
  expect([one, one.status === 200 && errors === 0]).toEqual([one, isWhole]);
  expect(errors).toBeLessThanOrEqual(1);
}

/** Tries stay within what the policy allows and the budget has, and a request within its time. */
function expectBounded({ asked, settlements, providers, circuits, clock }: ScheduleWorld, { retries }: Policy): void {
  const attempts = settlements.map((settlement) => settlement.attempts.length);
  expect(Math.max(0, ...attempts)).toBeLessThanOrEqual(retries.max + 1);
  const all = attempts.reduce((sum, each) => sum + each, 0);
  expect(all).toBeLessThanOrEqual(1.2 * asked.length + 10 * (clock.monotonic() / 1_000 + 10));
  // Nobody is asked without a permit.
  expect(providers.asked).toBeLessThanOrEqual(circuits.given);
  const longest = Math.max(0, ...asked.map(({ beganMs, endedMs }) => endedMs - beganMs));
  expect(longest).toBeLessThanOrEqual(TIMEOUTS.totalMs + 1_000);
}

/** Whatever happened, a gateway whose providers are well serves, with the first try. */
async function expectRecovery(world: ScheduleWorld): Promise<void> {
  world.providers.moods.clear();
  for (const { target, forced } of world.circuits.inner.list()) if (forced) world.circuits.inner.reset(target);
  world.clock.advance(300_000);
  world.ask(false);
  await world.pass(1_000);
  const last = world.asked.at(-1);
  expect([last?.status, last?.attempts]).toEqual([200, 1]);
}
