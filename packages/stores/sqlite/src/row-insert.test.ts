import type { LedgerIntent, LedgerSettlement } from '@sluice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ledgerIntent, ledgerSettlement } from './__fixtures__/rows.js';
import { temporaryStore } from './__fixtures__/temporary-store.js';

const some = { requiredKeys: [] as [] };
const intents = fc.array(
  fc.record(
    {
      clientRequestId: fc.string(),
      keyName: fc.string(),
      team: fc.string(),
      user: fc.string(),
      endUser: fc.string(),
      tags: fc.array(fc.string()),
      promptBytes: fc.nat(),
      reservedNanoUsd: fc.nat(),
    },
    some,
  ),
  { maxLength: 20 },
);
const settlements = fc.array(
  fc.record(
    {
      errorCode: fc.constant('rate_limit_exceeded'),
      provider: fc.string(),
      model: fc.string(),
      costMicroUsd: fc.nat(),
      cache: fc.constantFrom('hit', 'miss', 'bypass'),
      firstTokenMs: fc.nat(),
      usageSuspect: fc.constant(true as const),
      overReserved: fc.constant(true as const),
      priced: fc.constant({ serviceTier: 'batch' }),
    },
    some,
  ),
  { maxLength: 20 },
);

it('rows are kept as they are, with whatever each has besides, however many are written together', () => {
  const { ledger } = temporaryStore();
  let made = 0;
  const write = (wholes: readonly Partial<LedgerIntent>[], ends: readonly Partial<LedgerSettlement>[]): void => {
    const rows = wholes.map((each) => ledgerIntent({ id: `r${(made += 1)}`, ...each }));
    const settled = ends.slice(0, rows.length).map((each, at) => ledgerSettlement({ id: rows[at]?.id ?? '', ...each }));
    ledger.append({ intents: rows, settlements: settled });
    const expected = rows.map((row, at) => (settled[at] ? { ...row, settlement: settled[at] } : row));
    expect(rows.map(({ id }) => ledger.find(id))).toStrictEqual(expected);
  };
  fc.assert(fc.property(intents, settlements, write));
});

const AN_INTENT = { clientRequestId: 'mine', team: 'a', user: 'b', endUser: 'c', tags: ['d'], keyName: 'e' };
const AN_END = {
  errorCode: 'timeout',
  cache: 'hit',
  firstTokenMs: 1,
  usageSuspect: true,
  overReserved: true,
  priced: { serviceTier: 'batch' },
} as const;

it.each([...Object.keys(AN_INTENT), ...Object.keys(AN_END)])(
  'a row that has nothing besides but %s keeps it',
  (name) => {
    const { ledger } = temporaryStore();
    const only = (all: Readonly<Record<string, unknown>>) => (name in all ? { [name]: all[name] } : {});
    const [intent, settlement] = [ledgerIntent(only(AN_INTENT)), ledgerSettlement(only(AN_END))];
    ledger.append({ intents: [intent], settlements: [settlement] });
    expect(ledger.find('row-1')).toStrictEqual({ ...intent, settlement });
  },
);
