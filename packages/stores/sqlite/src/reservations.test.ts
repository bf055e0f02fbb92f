import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { SPENDING, never } from './__fixtures__/claims.js';
import { ledgerIntent } from './__fixtures__/rows.js';
import { temporaryStore } from './__fixtures__/temporary-store.js';

const money = { ...SPENDING, limit: 100_000 };

it('however many requests with a row have expired at once, as where the clock is set, each is settled', async () => {
  const clock = createManualClock();
  const store = temporaryStore();
  const counters = store.counters({ clock });
  const ids = Array.from({ length: 10_100 }, (_, at) => `r${at}`);
  await Promise.all(ids.map((id) => counters.reserve(id, [{ ...money, amount: 5 }], never)));
  store.ledger.append({ intents: ids.map((id) => ledgerIntent({ id })), settlements: [] });
  clock.stepWallClock(3_600_000);
  await counters.cancel('nobody');
  await Promise.all(ids.map((id) => counters.settle(id, { spend: 1 })));
  expect(counters.list(money)).toMatchObject([{ used: 10_100 }]);
});

it('a lease may be of any length', async () => {
  const clock = createManualClock();
  const counters = temporaryStore().counters({ clock, leaseMs: 1_000 });
  await counters.reserve('a', [{ ...money, amount: 5 }], never);
  clock.advance(999);
  await counters.renew(['a']);
  clock.advance(999);
  await counters.cancel('nobody');
  expect(counters.list(money)).toMatchObject([{ used: 5 }]);
});

it("a count that is larger than can be told exactly is in nobody else's way", async () => {
  const clock = createManualClock();
  const store = temporaryStore();
  const counters = store.counters({ clock });
  for (const id of ['a', 'b', 'c']) await counters.reserve(id, [{ ...money, amount: 5 }], never);
  for (const id of ['a', 'b']) await counters.settle(id, { spend: Number.MAX_SAFE_INTEGER });
  expect(counters.list(money)[0]?.used).toBeGreaterThan(1.9 * Number.MAX_SAFE_INTEGER);
  expect((await counters.reserve('d', [{ ...money, amount: 5 }], never)).ok).toBe(false);
  clock.advance(counters.leaseMs * 2);
  const other = counters.reserve('e', [{ ...money, scope: 'key:b', amount: 5 }], never);
  store.ledger.append({ intents: [ledgerIntent({ id: 'd' })], settlements: [] });
  expect((await other).ok).toBe(true);
});
