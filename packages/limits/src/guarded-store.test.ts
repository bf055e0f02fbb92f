import type { Claim, CounterStore, ReserveResult } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { bound } from './__fixtures__/asking.js';
import { GuardedStore } from './guarded-store.js';
import type { OnStoreFailure } from './guarded-store.js';
import { StandIn } from './stand-in.js';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

const claim = (limit: number, more: Partial<Claim> = {}): Claim => ({
  scope: 'key:k1',
  kind: 'window',
  name: 'requests',
  amount: 1,
  limit,
  windowMs: MINUTE_MS,
  ...more,
});

/** A store in memory that can be made to fail, or not to answer until it is told to. */
function open(onFailure: OnStoreFailure) {
  const clock = createManualClock();
  const counting = bound(createMemoryCounterStore({ clock }));
  const state = { fails: false, asked: 0, cancelled: [] as string[], answer: undefined as (() => void) | undefined };
  const held = { isOn: false };
  const store: CounterStore = {
    ...counting,
    async reserve(...asked): Promise<ReserveResult> {
      state.asked += 1;
      if (state.fails) throw new Error('connection lost');
      const result = await counting.reserve(...asked);
      if (held.isOn) await new Promise<void>((resolve) => (state.answer = resolve));
      return result;
    },
    async cancel(id) {
      state.cancelled.push(id);
      await counting.cancel(id);
    },
  };
  const local = createMemoryCounterStore({ clock });
  const errors: unknown[] = [];
  const guarded = new GuardedStore({
    store,
    clock,
    standIn: new StandIn(clock),
    failing: { local: () => local, policy: () => ({ timeoutMs: 50, onFailure }) },
    code: 'budget_unavailable',
    onError: (cause) => errors.push(cause),
  });
  let asked = 0;
  const reserve = (...claims: Claim[]) => guarded.reserve({ id: `r${(asked += 1)}`, claims }, never);
  return { clock, store, local, state, held, errors, reserve };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('while a store fails', () => {
  it('reject refuses, and says when to come again', async () => {
    const { state, reserve } = open('reject');
    state.fails = true;
    await expect(reserve(claim(5))).rejects.toMatchObject({
      code: 'budget_unavailable',
      details: { retryAfterMs: 1_000 },
    });
  });

  it('allow lets through what nobody counts', async () => {
    const { state, reserve } = open('allow');
    state.fails = true;
    expect(await reserve(claim(0))).toMatchObject({ result: { ok: true, states: [] }, store: undefined });
  });

  it('local counts in this process, up to the limit', async () => {
    const { state, local, reserve } = open('local');
    state.fails = true;
    const results = [await reserve(claim(2)), await reserve(claim(2)), await reserve(claim(2))];
    expect(results.map(({ result, store }) => [result.ok, store])).toEqual([
      [true, local],
      [true, local],
      [false, local],
    ]);
  });

  it('local goes on from what the store last told, and names the limit that there is', async () => {
    const { state, reserve } = open('local');
    for (let call = 0; call < 3; call += 1) await reserve(claim(5));
    state.fails = true;
    expect((await reserve(claim(5))).result.states).toEqual([{ claim: claim(5), remaining: 1, resetMs: MINUTE_MS }]);
    await reserve(claim(5));
    expect((await reserve(claim(5))).result).toMatchObject({ ok: false, states: [{ claim: claim(5), remaining: 0 }] });
  });

  it('local forgets what was counted in a window that is over', async () => {
    const { clock, state, reserve } = open('local');
    for (let call = 0; call < 5; call += 1) await reserve(claim(5));
    state.fails = true;
    clock.advance(MINUTE_MS - 1);
    expect((await reserve(claim(5))).result.ok).toBe(false);
    clock.advance(1);
    expect((await reserve(claim(5))).result.ok).toBe(true);
  });

  it('local keeps all of a sliding window until its whole length is over', async () => {
    const { clock, state, reserve } = open('local');
    const sliding = claim(2, { span: 'sliding' });
    await reserve(sliding);
    clock.advance(20_000);
    await reserve(sliding);
    expect((await reserve(sliding)).result.ok).toBe(false);
    state.fails = true;
    clock.advance(45_000);
    expect((await reserve(sliding)).result.ok).toBe(false);
    clock.advance(15_000);
    expect((await reserve(sliding)).result.ok).toBe(true);
  });

  it('local never forgets a window without an end', async () => {
    const { clock, state, reserve } = open('local');
    const forGood = claim(1, { windowMs: Number.POSITIVE_INFINITY });
    await reserve(forGood);
    state.fails = true;
    clock.advance(400 * 86_400_000);
    expect((await reserve(forGood)).result.ok).toBe(false);
  });
});

describe('a store that keeps failing', () => {
  it('is left alone for a second after five failures in a row, and then asked again', async () => {
    const { clock, state, errors, reserve } = open('allow');
    state.fails = true;
    for (let call = 0; call < 7; call += 1) await reserve(claim(5));
    expect([state.asked, errors.length]).toEqual([5, 2]);
    clock.advance(999);
    await reserve(claim(5));
    expect(state.asked).toBe(5);
    clock.advance(1);
    state.fails = false;
    expect([(await reserve(claim(5))).store === undefined, state.asked]).toEqual([false, 6]);
  });

  it('is not left alone for failures between which it answered', async () => {
    const { state, reserve } = open('allow');
    for (let call = 0; call < 10; call += 1) {
      state.fails = call !== 4;
      await reserve(claim(50));
    }
    expect(state.asked).toBe(10);
  });
});

it('a store that answers too late has failed, and what it reserved is given back', async () => {
  const { clock, store, state, held, reserve } = open('reject');
  held.isOn = true;
  const late = reserve(claim(1));
  const refused = late.catch((cause: unknown) => cause);
  await settle();
  clock.advance(50);
  expect(await refused).toMatchObject({ code: 'budget_unavailable' });
  expect(state.cancelled).toEqual(['r1']);
  state.answer?.();
  await settle();
  expect(state.cancelled).toEqual(['r1', 'r1']);
  held.isOn = false;
  expect((await store.reserve('next', [claim(1)], never)).ok).toBe(true);
});

it('a row is not said to be written by a store that cannot write any', async () => {
  const clock = createManualClock();
  const store = createMemoryCounterStore({ clock });
  const deps = { clock, standIn: new StandIn(clock), code: 'limiter_unavailable', onError: () => undefined } as const;
  const guarded = new GuardedStore({ store, ...deps });
  const row = { id: 'a', startedAtMs: 0, keyId: 'k', tenant: 't', route: '/', requestedModel: 'm', stream: false };
  expect([guarded.records, await guarded.reserve({ id: 'a', claims: [claim(1)], row }, never)]).toMatchObject([
    false,
    { result: { ok: true }, isRecorded: false },
  ]);
});
