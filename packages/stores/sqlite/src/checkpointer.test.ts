import { createManualClock } from '@sluice/testkit';
import { expect, it, vi } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryStore } from './__fixtures__/temporary-store.js';

vi.mock(import('node:worker_threads'), async (original) => ({
  ...(await original()),
  // As where the system has no thread left to give.
  Worker: class {
    constructor() {
      throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
    }
  } as never,
}));

const never = new AbortController().signal;
const money = { scope: 'key:a', kind: 'window', name: 'spend', amount: 1, limit: 1_000, windowMs: Infinity } as const;

it('rows that would be worth a thread are written and counted also where there can be none', async () => {
  const store = temporaryStore();
  const counters = store.counters({ clock: createManualClock() });
  const ids = Array.from({ length: 120 }, (_, at) => `r${at}`);
  const asked = ids.map((id) => counters.reserveAndOpen(ledgerIntent({ id }), [money], never));
  expect((await Promise.all(asked)).every(({ ok }) => ok)).toBe(true);
  await Promise.all(ids.map((id) => counters.settle(id, { spend: 0 })));
  expect(counters.list(money)).toMatchObject([{ used: 0 }]);
  store.ledger.append({ intents: [], settlements: ids.map((id) => ledgerSettlement({ id })) });
  expect(store.ledger.page({ limit: 200 }).rows).toHaveLength(120);
});
