import type { LedgerIntent, LimitRules, Principal, RecordingCounterStore } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { NOTHING, asking, bound } from './__fixtures__/asking.js';
import { LimitBook, createLimiter } from './index.js';

const never = new AbortController().signal;
const atMost = { ...NOTHING, nanoUsd: 40 };
const turn = { priority: 'normal', leftMs: 600_000 } as const;

interface Setting {
  readonly limits?: LimitRules;
  /** Whether one store counts everything. */
  readonly together?: boolean;
  readonly book?: LimitBook;
  readonly onAlert?: () => void;
}

/** A limiter on a store that writes rows; what it has written, and what was made of them. */
function rig({ limits = {}, together = false, book, onAlert }: Setting = {}) {
  const clock = createManualClock();
  const counting = bound(createMemoryCounterStore({ clock }));
  const state = { written: [] as LedgerIntent[], made: 0, fails: false, errors: [] as unknown[] };
  const budgets: RecordingCounterStore = {
    ...counting,
    reserve: (...asked) => (state.fails ? Promise.reject(new Error('disk full')) : counting.reserve(...asked)),
    async reserveAndOpen(row, claims, signal) {
      const result = await budgets.reserve(row.id, claims, signal);
      if (result.ok) state.written.push(row);
      return result;
    },
  };
  const store = together ? budgets : createMemoryCounterStore({ clock });
  const policy = { timeoutMs: 500, onFailure: 'local' } as const;
  const limiter = createLimiter({
    ...{ store, budgets, clock },
    ...(book && { book: () => book }),
    policies: { budgets: () => policy, local: () => createMemoryCounterStore({ clock }) },
    onError: (cause) => state.errors.push(cause),
    ...(onAlert && { onAlert }),
  });
  const who = { kind: 'key', role: 'caller', keyId: 'k', keyName: 'k', tenant: 't' } as const;
  const ask = (id: string, budget: Principal['budget'] | null = { usd: 0.000_000_1 }) =>
    asking(
      { ...who, limits, ...(budget === null ? {} : { budget }) },
      { id, atMost, toRow: (reservedNanoUsd) => ((state.made += 1), rowOf(id, reservedNanoUsd)) },
    );
  return { clock, limiter, state, ask, ids: () => state.written.map(({ id }) => id) };
}

function rowOf(id: string, reservedNanoUsd: number | undefined): LedgerIntent {
  const row = { id, startedAtMs: 0, keyId: 'k', tenant: 't', route: '/', requestedModel: 'm', stream: false };
  return reservedNanoUsd === undefined ? row : { ...row, reservedNanoUsd };
}

it.each([
  ['beside another one', false],
  ['for everything', true],
])(
  'a store of budgets that writes rows, %s, writes that of who is admitted with what it reserves',
  async (_, together) => {
    const { limiter, ask, state, ids } = rig({ together, limits: { requestsPerMinute: 10 } });
    expect(await limiter.admit(ask('a'), never)).toMatchObject({ isRecorded: true, reservedNanoUsd: 40 });
    expect(await limiter.admitInTurn(ask('b'), turn, never)).toMatchObject({ isRecorded: true });
    await expect(limiter.admit(ask('c'), never)).rejects.toMatchObject({ code: 'insufficient_quota' });
    expect([ids(), state.written[0]?.reservedNanoUsd]).toEqual([['a', 'b'], 40]);
  },
);

it('no row is made for who finds no room within limits that another store counts', async () => {
  const { limiter, ask, state } = rig({ limits: { requestsPerMinute: 0 } });
  await expect(limiter.admit(ask('a'), never)).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
  expect(state.made).toBe(0);
});

it('limits without a budget have the row where their store writes rows, without an amount of money', async () => {
  const { limiter, ask, state } = rig({ together: true, limits: { requestsPerMinute: 1 } });
  expect(await limiter.admit(ask('a', null), never)).toMatchObject({ isRecorded: true });
  expect(state.written).toEqual([rowOf('a', undefined)]);
  const apart = rig({ limits: { requestsPerMinute: 1 } });
  expect((await apart.limiter.admit(apart.ask('a', null), never)).isRecorded).toBeUndefined();
  expect(apart.state.made).toBe(0);
});

it('who has waited for its turn may have left: its row is written by who goes on with it', async () => {
  const { clock, limiter, ask, ids } = rig({
    limits: { requestsPerMinute: 1, queue: { maxWaiting: 3, maxWaitMs: 90_000 } },
  });
  await limiter.admitInTurn(ask('a'), turn, never);
  const waiting = limiter.admitInTurn(ask('b'), turn, never);
  for (let turns = 0; turns < 30; turns += 1) await Promise.resolve();
  clock.advance(60_001);
  expect((await waiting).isRecorded).toBeUndefined();
  expect(ids()).toEqual(['a']);
});

it('what this process alone counts, while the store fails, has no row from it', async () => {
  const { limiter, ask, state, ids } = rig();
  state.fails = true;
  expect((await limiter.admit(ask('a'), never)).isRecorded).toBeUndefined();
  expect([ids(), limiter.admittedLocally]).toEqual([[], 1]);
});

it('a budget that is used up and names an alias has one row, of the try that was granted', async () => {
  const rules = { nanoUsd: 50, fallback: 'cheap' };
  const book = new LimitBook({ scopes: {}, budgets: [{ name: 'default', rules }] });
  const { limiter, ask, state, ids } = rig({ book });
  expect((await limiter.admit(ask('a', null), never)).instead).toBeUndefined();
  expect(await limiter.admit(ask('b', null), never)).toMatchObject({ instead: 'cheap', isRecorded: true });
  expect([ids(), state.made]).toEqual([['a', 'b'], 2]);
});

it('who is told of a budget and fails does not keep from its request what has a row by then', async () => {
  const failure = new Error('nobody listens');
  const onAlert = () => {
    throw failure;
  };
  const book = new LimitBook({ scopes: {}, budgets: [{ name: 'default', rules: { nanoUsd: 50, softNanoUsd: 40 } }] });
  const { limiter, ask, state, ids } = rig({ book, onAlert });
  (await limiter.admit(ask('a', null), never)).settle(atMost);
  const another = { ...ask('b', null), atMost: { ...NOTHING, nanoUsd: 1 } };
  expect((await limiter.admit(another, never)).isRecorded).toBe(true);
  expect([ids(), state.errors]).toEqual([
    ['a', 'b'],
    [failure, failure],
  ]);
});
