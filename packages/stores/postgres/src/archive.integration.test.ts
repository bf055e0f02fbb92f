import type { LedgerArchive, LedgerParcel } from '@sluice/contract';
import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { openDatabase } from './__fixtures__/open.js';
import { createLedgerArchive } from './index.js';

type Json = Record<string, unknown>;
const intent = (id: string, change: Json = {}): Json => ({
  ...{ machine: 'm-1', id, client_request_id: null, started_at_ms: 1_000, key_id: 'key_1', tenant: 'default' },
  ...{ route: '/v1/chat/completions', requested_model: 'fast', stream: 1, tags: ['eu'], end_user: 'u-9', ...change },
});
const settlement = (id: string, change: Json = {}): Json => ({
  ...{ machine: 'm-1', id, settled_at_ms: 1_500, status: 200, error_code: null, provider: 'sim', model: 'echo' },
  ...{
    attempts: [{ provider: 'sim', model: 'echo', status: 200, durationMs: 1.5 }],
    input_tokens: 3,
    output_tokens: 4,
  },
  ...{
    cached_tokens: 0,
    cost_micro_usd: 9_007_199_254_740_991,
    usage_source: 'provider',
    duration_ms: 12.25,
    ...change,
  },
});
const parcel = (
  intents: readonly Json[],
  settlements: readonly Json[] = [],
  prices: readonly Json[] = [],
): LedgerParcel => ({
  rows: intents.length + settlements.length + prices.length,
  intents: JSON.stringify(intents),
  settlements: JSON.stringify(settlements),
  prices: JSON.stringify(prices),
  adjustments: '[]',
});
const idsOf = async (
  archive: LedgerArchive,
  query: Partial<Parameters<LedgerArchive['page']>[0]> = {},
): Promise<string[]> => (await archive.page({ limit: 10, ...query })).rows.map(({ id }) => id);

describeWithPostgres('the ledgers of many machines', (postgres) => {
  const openArchive = async (): Promise<LedgerArchive> => createLedgerArchive(await openDatabase(postgres.server));

  it('gives a row back as the machine wrote it', async () => {
    const archive = await openArchive();
    const prices = [{ picoUsd: { input: 1_000 } }];
    await archive.take(
      parcel(
        [intent('r1')],
        [settlement('r1', { price_version: 'v1', usage_suspect: 1, over_reserved: null })],
        [{ version: 'v1', rows: prices }],
      ),
    );
    expect(await archive.find('r1')).toEqual({
      ...{ id: 'r1', startedAtMs: 1_000, keyId: 'key_1', tenant: 'default', route: '/v1/chat/completions' },
      ...{ requestedModel: 'fast', stream: true, tags: ['eu'], endUser: 'u-9' },
      settlement: {
        ...{
          id: 'r1',
          settledAtMs: 1_500,
          status: 200,
          provider: 'sim',
          model: 'echo',
          inputTokens: 3,
          outputTokens: 4,
        },
        attempts: [{ provider: 'sim', model: 'echo', status: 200, durationMs: 1.5 }],
        ...{ cachedTokens: 0, costMicroUsd: 9_007_199_254_740_991, usageSource: 'provider', durationMs: 12.25 },
        ...{ priceVersion: 'v1', prices, usageSuspect: true },
      },
    });
  });

  it('takes a row once, however often and by however many at once it is sent', async () => {
    const archive = await openArchive();
    const rows = Array.from({ length: 50 }, (_, n) => `r${n}`);
    const all = parcel(
      rows.map((id) => intent(id)),
      rows.map((id) => settlement(id, { cost_micro_usd: 5 })),
    );
    await Promise.all(Array.from({ length: 6 }, () => archive.take(all)));
    await archive.take(all);
    expect(await idsOf(archive, { limit: 100 })).toHaveLength(50);
  });

  it('keeps rows of two machines apart that have the same id', async () => {
    const archive = await openArchive();
    await archive.take(parcel([intent('r1'), intent('r1', { machine: 'm-2', key_id: 'key_2' })]));
    expect((await archive.page({ limit: 10 })).rows.map(({ keyId }) => keyId)).toEqual(['key_1', 'key_2']);
  });

  it('pages through rows of the same id, of each machine once', async () => {
    const archive = await openArchive();
    const machines = ['m-1', 'm-2', 'm-3', 'm-4', 'm-5'];
    const twins = machines.map((machine) => intent('r2', { machine, key_id: machine }));
    await archive.take(parcel([intent('r1'), ...twins, intent('r3')]));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await archive.page({ limit: 2, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.rows.map(({ id, keyId }) => `${id} ${keyId}`));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['r3 key_1', ...machines.map((machine) => `r2 ${machine}`), 'r1 key_1']);
  });

  it('joins a settlement that comes before its intent, or long after it', async () => {
    const archive = await openArchive();
    await archive.take(parcel([], [settlement('r1')]));
    expect(await archive.find('r1')).toBeUndefined();
    await archive.take(parcel([intent('r1')]));
    expect(await archive.find('r1')).toMatchObject({ settlement: { status: 200 } });
  });

  it.each([
    ['a NUL', 'a\u0000b', 'a\uFFFDb'],
    ['a high surrogate alone', 'a\uD800b', 'a\uFFFDb'],
    ['a low surrogate alone', '\uDC00', '\uFFFD'],
    ['two high surrogates', '\uD83D\uD83D', '\uFFFD\uFFFD'],
    ['a pair the wrong way round', '\uDE00\uD83D', '\uFFFD\uFFFD'],
    ['a whole pair, written as it is and after a half', '\uD83D\uD83D\uDE00', '\uFFFD\uD83D\uDE00'],
    ['backslashes that look like one', '\\ud800 \\\\u0000', '\\ud800 \\\\u0000'],
  ])('takes a row with %s in its words, and the rows beside it', async (_, words, kept) => {
    const archive = await openArchive();
    await archive.take(parcel([intent('r1', { tags: [words], end_user: words }), intent('r2')]));
    expect(await archive.find('r1')).toMatchObject({ tags: [kept], endUser: kept });
    expect(await idsOf(archive)).toEqual(['r2', 'r1']);
  });

  it('takes a sign beyond U+FFFF that a writer of JSON has escaped', async () => {
    const archive = await openArchive();
    const escaped = JSON.stringify([intent('r1')]).replace('"eu"', String.raw`"\ud83d\ude00\uD800"`);
    await archive.take({ ...parcel([intent('r1')]), intents: escaped });
    expect(await archive.find('r1')).toMatchObject({ tags: ['\u{1F600}\uFFFD'] });
  });

  it('takes all of a parcel or nothing', async () => {
    const archive = await openArchive();
    const broken = archive.take(parcel([intent('r1')], [settlement('r1', { status: 'none' })]));
    await expect(broken).rejects.toMatchObject({ code: 'storage_unavailable', cause: { code: '22P02' } });
    expect(await idsOf(archive)).toEqual([]);
  });

  it('has beside a settlement what was adjusted of it, each once, of that machine alone', async () => {
    const archive = await openArchive();
    const adjustment = (id: string, change: Json = {}): Json => ({
      ...{ machine: 'm-1', id, request_id: 'r1', made_at_ms: 2_000, micro_usd: -5, price_version: 'v2', ...change },
    });
    const adjustments = [
      adjustment('r1#2', { made_at_ms: 3_000, micro_usd: 7 }),
      adjustment('r1#1'),
      adjustment('r1#1', { machine: 'm-2' }),
    ];
    const all = { ...parcel([intent('r1')], [settlement('r1')]), adjustments: JSON.stringify(adjustments) };
    await Promise.all([archive.take(all), archive.take(all)]);
    const row = await archive.find('r1');
    expect([row?.settlement?.costMicroUsd, row?.adjustments]).toEqual([
      9_007_199_254_740_991,
      [
        { id: 'r1#1', requestId: 'r1', madeAtMs: 2_000, microUsd: -5, priceVersion: 'v2' },
        { id: 'r1#2', requestId: 'r1', madeAtMs: 3_000, microUsd: 7, priceVersion: 'v2' },
      ],
    ]);
  });

  it('gives back what else a cost depends on', async () => {
    const archive = await openArchive();
    const priced = { cacheWriteTokens: 3, serviceTier: 'flex' };
    await archive.take(parcel([intent('r1')], [settlement('r1', { priced })]));
    expect((await archive.find('r1'))?.settlement?.priced).toEqual(priced);
  });

  it('takes text that PostgreSQL could not hold with U+FFFD in the place of what it could not', async () => {
    const archive = await openArchive();
    await archive.take(parcel([intent('r1', { requested_model: 'a\u0000b\\u0000' })]));
    expect(await archive.find('r1')).toMatchObject({ requestedModel: 'a\ufffdb\\u0000' });
  });

  it('pages through rows, the newest first, of one organisation and since a time alone where asked', async () => {
    const archive = await openArchive();
    const made = ['r1', 'r2', 'r3', 'r4'].map((id, n) =>
      intent(id, { started_at_ms: n, tenant: n % 2 ? 'acme' : 'default' }),
    );
    await archive.take(parcel(made));
    const first = await archive.page({ limit: 3 });
    expect([first.rows.map(({ id }) => id), first.nextCursor]).toEqual([['r4', 'r3', 'r2'], 'r2']);
    expect(await archive.page({ limit: 3, cursor: 'r2' })).toEqual({ rows: [expect.objectContaining({ id: 'r1' })] });
    expect(await idsOf(archive, { tenant: 'acme' })).toEqual(['r4', 'r2']);
    expect(await idsOf(archive, { sinceMs: 2 })).toEqual(['r4', 'r3']);
  });
});
