import { gatewayError } from '@sluice/contract';
import type { LedgerAdjustment, LedgerRow, PriceRow } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { recost } from './index.js';
import type { RecostRange } from './index.js';

const DEAR: readonly PriceRow[] = [{ picoUsd: { input: 2_000_000, output: 10_000_000 } }];
const CHEAP: readonly PriceRow[] = [{ picoUsd: { input: 1_000_000, output: 5_000_000 } }];
/** A thousand in at 2, a hundred out at 10. */
const COST = 3_000;

type Settled = NonNullable<LedgerRow['settlement']>;

function row(id: string, change: Partial<Settled> = {}): LedgerRow {
  const whose = { keyId: 'k', tenant: 'default', route: '/', requestedModel: 'fast', stream: false };
  const counts = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 0, usageSource: 'provider' as const };
  const settlement: Settled = {
    ...{ id, settledAtMs: 2, status: 200, provider: 'up', model: 'm', attempts: [], durationMs: 1, ...counts },
    ...{ costMicroUsd: COST, prices: DEAR, ...change },
  };
  return { id, startedAtMs: 1_000, ...whose, settlement };
}

/** A ledger in memory, as those of the stores keep it: appended to, and each id once. */
function ledgerOf(rows: readonly LedgerRow[]) {
  const written: LedgerAdjustment[] = [];
  const view = (one: LedgerRow): LedgerRow => {
    const adjustments = written.filter(({ requestId }) => requestId === one.id);
    return adjustments.length === 0
      ? one
      : { ...one, adjustments: adjustments.map(({ prices: _, ...kept }) => ({ ...kept, priceVersion: 'v' })) };
  };
  return {
    written,
    settled: ({ after, limit }: { readonly after: string; readonly limit: number }) =>
      rows
        .filter(({ id }) => id > after)
        .slice(0, limit)
        .map(view),
    adjust(adjustments: readonly LedgerAdjustment[]) {
      const fresh = adjustments.filter(({ id }) => written.every((one) => one.id !== id));
      written.push(...fresh);
      return fresh;
    },
  };
}

const RANGE: RecostRange = { sinceMs: 0, untilMs: 9_999, fromId: '' };

function recostBy(
  repository: ReturnType<typeof ledgerOf>,
  prices: readonly PriceRow[] | undefined,
  range: Partial<RecostRange> = {},
) {
  const deps = { repository, pricesOf: () => prices, clock: createManualClock(77), pause: () => Promise.resolve() };
  return recost(deps, { ...RANGE, ...range }, new AbortController().signal);
}

describe('pricing rows again', () => {
  it('appends what they cost more or less, and nothing the second time', async () => {
    const ledger = ledgerOf([row('a'), row('b')]);
    expect(await recostBy(ledger, CHEAP)).toEqual({
      ...{ requests: 2, adjusted: 2, unchanged: 0, unpriced: 0, unexplained: 0, microUsd: -3_000 },
    });
    expect(ledger.written[0]).toEqual({ id: 'a#1', requestId: 'a', madeAtMs: 77, microUsd: -1_500, prices: CHEAP });
    expect(await recostBy(ledger, CHEAP)).toMatchObject({ adjusted: 0, unchanged: 2, microUsd: 0 });
    expect(ledger.written).toHaveLength(2);
  });

  it('goes on from what was adjusted before, also back to where it began', async () => {
    const ledger = ledgerOf([row('a')]);
    await recostBy(ledger, CHEAP);
    await recostBy(ledger, DEAR);
    expect(ledger.written.map(({ id, microUsd }) => [id, microUsd])).toEqual([
      ['a#1', -1_500],
      ['a#2', 1_500],
    ]);
  });

  it('appends once where two do it at the same time', async () => {
    const ledger = ledgerOf([row('a')]);
    const stale = ledger.settled({ after: '', limit: 9 });
    await recostBy(ledger, CHEAP);
    const second = await recostBy({ ...ledger, settled: () => [...stale] }, CHEAP);
    expect(second).toMatchObject({ requests: 1, adjusted: 0, unchanged: 1, microUsd: 0 });
    expect(ledger.written.map(({ microUsd }) => microUsd)).toEqual([-1_500]);
  });

  it('only counts in a dry run', async () => {
    const ledger = ledgerOf([row('a')]);
    expect(await recostBy(ledger, CHEAP, { dryRun: true })).toMatchObject({ adjusted: 1, microUsd: -1_500 });
    expect(ledger.written).toEqual([]);
  });

  it('prices what nobody knew the price of', async () => {
    const { costMicroUsd: _, prices: __, ...unpriced } = row('a').settlement as Settled;
    const ledger = ledgerOf([{ ...row('a'), settlement: unpriced }]);
    expect(await recostBy(ledger, CHEAP)).toMatchObject({ adjusted: 1, microUsd: 1_500 });
    expect(await recostBy(ledger, CHEAP)).toMatchObject({ unchanged: 1 });
  });

  it('prices what is free, and had no price, at nothing, once; not what nobody knows the use of', async () => {
    const { costMicroUsd: _, prices: __, ...unpriced } = row('a').settlement as Settled;
    const unknown = { ...unpriced, inputTokens: 0, outputTokens: 0, usageSource: 'unknown' as const };
    const ledger = ledgerOf([
      { ...row('a'), settlement: unpriced },
      { ...row('b'), settlement: unknown },
    ]);
    const free = [{ picoUsd: { input: 0, output: 0 } }];
    expect(await recostBy(ledger, free)).toMatchObject({ adjusted: 1, unchanged: 1, microUsd: 0 });
    expect(ledger.written).toEqual([{ id: 'a#1', requestId: 'a', madeAtMs: 77, microUsd: 0, prices: free }]);
    expect(await recostBy(ledger, free)).toMatchObject({ adjusted: 0, unchanged: 2 });
  });

  it('waits for a store that another process holds, for two seconds and no longer', async () => {
    const clock = createManualClock(77);
    const ledger = ledgerOf([row('a')]);
    let heldUntilMs = 100;
    const held = {
      ...ledger,
      adjust(adjustments: readonly LedgerAdjustment[]) {
        if (clock.monotonic() >= heldUntilMs) return ledger.adjust(adjustments);
        throw gatewayError('storage_unavailable', { details: { retryAfterMs: 5 } });
      },
    };
    const pause = async (ms: number): Promise<void> => clock.advance(ms);
    const again = (prices: readonly PriceRow[]) =>
      recost({ repository: held, pricesOf: () => prices, clock, pause }, RANGE, new AbortController().signal);
    expect(await again(CHEAP)).toMatchObject({ adjusted: 1 });
    heldUntilMs = Number.POSITIVE_INFINITY;
    await expect(again(DEAR)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(ledger.written).toHaveLength(1);
  });

  it('prices by all that was used, in the tier that was used', async () => {
    const priced = { cacheWriteTokens: 400, reasoningTokens: 50, serviceTier: 'batch' };
    const now = [
      { picoUsd: { input: 2_000_000, cacheWrite: 4_000_000, output: 10_000_000, reasoning: 20_000_000 } },
      { tier: 'batch', picoUsd: { input: 1_000_000, cacheWrite: 2_000_000, output: 5_000_000, reasoning: 6_000_000 } },
    ];
    const ledger = ledgerOf([row('a', { priced })]);
    // 600 at 1, 400 at 2, 50 at 5, 50 at 6.
    expect(await recostBy(ledger, now)).toMatchObject({ adjusted: 1, microUsd: 1_950 - COST });
  });

  it.each([
    ['was estimated', { prices: DEAR, costMicroUsd: COST + 1 }],
    [
      'was shared by two models',
      { attempts: [{ provider: 'up', model: 'm', durationMs: 1, continues: true as const }] },
    ],
  ])('leaves a row alone whose cost %s', async (_, change) => {
    const ledger = ledgerOf([row('a', change)]);
    expect(await recostBy(ledger, CHEAP)).toMatchObject({ adjusted: 0, unexplained: 1 });
  });

  it('leaves a row alone that was reserved and never told', async () => {
    const { prices: _, ...reserved } = row('a').settlement as Settled;
    expect(await recostBy(ledgerOf([{ ...row('a'), settlement: reserved }]), CHEAP)).toMatchObject({ unexplained: 1 });
  });

  it('leaves a row alone that the cache answered, and one whose model has no price', async () => {
    const hit = ledgerOf([row('a', { cache: 'hit', costMicroUsd: 0 })]);
    expect(await recostBy(hit, CHEAP)).toMatchObject({ unchanged: 1 });
    expect(await recostBy(ledgerOf([row('a')]), undefined)).toMatchObject({ unpriced: 1 });
    expect(await recostBy(ledgerOf([row('a')]), [])).toMatchObject({ unpriced: 1 });
  });

  it('looks at the rows of one provider or model alone where asked', async () => {
    const ledger = ledgerOf([row('a'), row('b', { provider: 'other' }), row('c', { model: 'n' })]);
    expect(await recostBy(ledger, CHEAP, { provider: 'up', model: 'm' })).toMatchObject({ requests: 1 });
    expect(ledger.written.map(({ requestId }) => requestId)).toEqual(['a']);
  });

  it('goes through more rows than one step has', async () => {
    const rows = Array.from({ length: 600 }, (_, n) => row(`r${String(n).padStart(4, '0')}`));
    expect(await recostBy(ledgerOf(rows), CHEAP)).toMatchObject({ requests: 600, adjusted: 600 });
  });
});
