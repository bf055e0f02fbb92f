import type { LedgerBacklog, LedgerOutbox, LedgerParcel } from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { expect, it, vi } from 'vitest';
import { keepSending } from './index.js';

/** Rows are numbers; what an archive cannot take is negative. */
class Outbox implements LedgerOutbox {
  readonly refusedRows: number[] = [];
  waiting: number[];
  pruned: number[] = [];
  #last = 0;

  constructor(waiting: number[]) {
    this.waiting = waiting;
  }
  next(limit: number): LedgerParcel | undefined {
    const rows = this.waiting.slice(0, limit);
    this.#last = rows.length;
    return rows.length === 0
      ? undefined
      : { rows: rows.length, intents: JSON.stringify(rows), settlements: '[]', prices: '[]', adjustments: '[]' };
  }
  sent(): void {
    this.waiting.splice(0, this.#last);
  }
  refused(): void {
    this.refusedRows.push(...this.waiting.splice(0, this.#last));
  }
  backlog(): LedgerBacklog {
    return { rows: this.waiting.length, refused: this.refusedRows.length };
  }
  prune(beforeMs: number): number {
    this.pruned.push(beforeMs);
    return 0;
  }
}

function rig(rows: number[], keepSentMs?: number) {
  const clock = createManualClock();
  const outbox = new Outbox(rows);
  const state = { isAway: false, arrived: [] as number[], parcels: [] as number[] };
  const told = { failing: vi.fn(), working: vi.fn(), error: vi.fn() };
  const refusal = new Error('refused');
  const waits = (delayMs: number) => ({ delayMs, next: () => waits(delayMs * 2) });
  const sending = keepSending({
    outbox,
    clock,
    archive: {
      async take({ intents }) {
        const given = JSON.parse(intents) as number[];
        state.parcels.push(given.length);
        if (state.isAway) throw gatewayError('storage_unavailable');
        if (given.some((row) => row < 0)) throw refusal;
        state.arrived.push(...given);
      },
    },
    backoff: () => waits(100),
    isRefusal: (cause) => cause === refusal,
    keepSentMs: () => keepSentMs,
    onFailing: told.failing,
    onWorking: told.working,
    onError: told.error,
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise(setImmediate);
  };
  return { clock, outbox, state, told, sending, pass };
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

it('sends everything in order, so many rows at a time, and what comes later soon after', async () => {
  const { outbox, state, pass } = rig(upTo(600));
  await pass(0);
  expect([state.arrived, state.parcels]).toEqual([upTo(600), [256, 256, 88]]);
  outbox.waiting.push(600);
  await pass(250);
  expect(state.arrived.at(-1)).toBe(600);
});

it('tries again after waits that grow, and tells of the failure and of its end once', async () => {
  const { state, told, sending, pass } = rig([1]);
  state.isAway = true;
  for (const ms of [0, 100, 200]) await pass(ms);
  expect([state.parcels.length, told.failing.mock.calls.length, sending.failingSinceMs]).toEqual([3, 1, 0]);
  state.isAway = false;
  await pass(399);
  expect(state.arrived).toEqual([]);
  await pass(1);
  expect([state.arrived, told.working.mock.calls, sending.failingSinceMs]).toEqual([[1], [[700]], undefined]);
});

it('sends smaller parcels where large ones fail, and large ones again when they arrive', async () => {
  const { state, pass } = rig(upTo(700));
  state.isAway = true;
  for (const ms of [0, 100, 200]) await pass(ms);
  state.isAway = false;
  await pass(400);
  expect(state.parcels).toEqual([256, 128, 64, 32, 64, 128, 256, 220]);
});

it('sets aside the row that is refused, and none beside it', async () => {
  const { outbox, state, told, pass } = rig([1, 2, -3, 4, 5]);
  await pass(0);
  expect([state.arrived, outbox.refusedRows]).toEqual([[1, 2, 4, 5], [-3]]);
  expect([told.error.mock.calls.length, told.failing.mock.calls.length]).toEqual([1, 0]);
});

it('flushes at once, without a wait for the next look', async () => {
  const { outbox, state, sending, pass } = rig([]);
  await pass(0);
  outbox.waiting.push(1);
  await sending.flush(500);
  expect(state.arrived).toEqual([1]);
});

it('sends nothing after it was stopped', async () => {
  const { outbox, state, sending, pass } = rig([1]);
  await sending.stop(1_000);
  outbox.waiting.push(2);
  await pass(10_000);
  expect(state.arrived).toEqual([1]);
});

it('deletes what is old once a second, as long as what is new arrives', async () => {
  const { outbox, state, pass } = rig([], 1_000);
  await pass(0);
  await pass(250);
  expect(outbox.pruned).toHaveLength(1);
  await pass(1_000);
  expect(outbox.pruned).toHaveLength(2);
  state.isAway = true;
  outbox.waiting.push(1);
  await pass(1_000);
  await pass(1_000);
  expect(outbox.pruned).toHaveLength(2);
});
