import type { SpendQuery, SpendRepository, SpendRow } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ledgerContents, spendQueries } from './arbitraries/spend.js';
import type { LedgerContents } from './arbitraries/spend.js';
import { expectedRows, expectedTotal } from './expected-spend.js';

export type { LedgerContents } from './arbitraries/spend.js';

/** The sums over a new ledger that has these rows; it goes away with the test. */
export type CreateSpend = (contents: LedgerContents) => Promise<SpendRepository> | SpendRepository;

const LEDGERS = 8;
const QUERIES = 5;
const NEVER = new AbortController().signal;

/** What every `SpendRepository` owes: whatever the rows are, the sums that adding them up one by one gives. */
export function spendSuite(name: string, create: CreateSpend): void {
  describe(`${name} as sums over the ledger`, () => {
    // Each question may be a thread, each ledger a database.
    vi.setConfig({ testTimeout: 60_000 });
    it('adds up to the micro-USD what the rows have, by whatever they are told apart, page by page or at once', async () => {
      const queries = fc.array(spendQueries, { minLength: QUERIES, maxLength: QUERIES });
      await fc.assert(
        fc.asyncProperty(ledgerContents, queries, async (contents, asked) => {
          const spend = await create(contents);
          for (const query of asked) await compare(spend, contents, query);
        }),
        { numRuns: LEDGERS, interruptAfterTimeLimit: 45_000 },
      );
    });
  });
}

async function compare(spend: SpendRepository, contents: LedgerContents, query: SpendQuery): Promise<void> {
  const { limit: _limit, ...rest } = query;
  const expected = expectedRows(contents, rest);
  expect(await readPages(spend, query)).toEqual(expected);
  const { by: _, ...range } = rest;
  expect(await spend.total(range, NEVER)).toEqual(expectedTotal(contents, range));
}

async function readPages(spend: SpendRepository, query: SpendQuery): Promise<readonly SpendRow[]> {
  const { limit = Number.POSITIVE_INFINITY } = query;
  const rows: SpendRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.values;
    let read = 0;
    for await (const batch of spend.rows({ ...query, ...(after && { after }) }, NEVER)) {
      rows.push(...batch);
      read += batch.length;
    }
    if (read < limit) return rows;
  }
}
