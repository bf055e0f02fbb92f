import { SPEND_GROUPS } from '@sluice/contract';
import type { LedgerIntent, LedgerSettlement, SpendQuery } from '@sluice/contract';
import fc from 'fast-check';

/** Rows as a ledger has them: every settlement has its intent. */
export interface LedgerContents {
  readonly intents: readonly LedgerIntent[];
  readonly settlements: readonly LedgerSettlement[];
}

const DAY_MS = 86_400_000;
const FIRST_MS = 19_675 * DAY_MS;
const MAX_ROWS = 40;
/** Sums of a ledger's rows stay among the whole numbers of JavaScript. */
const MAX_MICRO_USD = 2 ** 45;

/** Their order by bytes is neither that of UTF-16 nor that of any language. */
const text = fc.constantFrom('a', 'B', 'b', 'ab', 'a b', 'Z', 'é', '\uffff', '\u{1f600}', "o'x", '%', '$1', '"', '\\');
const instant = fc.oneof(
  fc.integer({ min: FIRST_MS, max: FIRST_MS + 3 * DAY_MS }),
  fc.constantFrom(FIRST_MS + DAY_MS - 1, FIRST_MS + DAY_MS, FIRST_MS + 2 * DAY_MS),
);
const microUsd = fc.oneof(fc.nat(2_000_000), fc.nat(MAX_MICRO_USD), fc.constant(0));
const idOf = (n: number): string => `row-${String(n).padStart(3, '0')}`;

const intent = fc.record(
  {
    startedAtMs: instant,
    keyId: text,
    tenant: text,
    requestedModel: text,
    route: fc.constant('/v1/chat/completions'),
    stream: fc.boolean(),
    keyName: text,
    team: text,
    user: text,
    endUser: text,
    tags: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['startedAtMs', 'keyId', 'tenant', 'requestedModel', 'route', 'stream'] },
);
const attempt = fc.record(
  { provider: text, model: text, durationMs: fc.nat(9_999), costMicroUsd: microUsd },
  { requiredKeys: ['provider', 'model', 'durationMs'] },
);
const settlement = fc.record(
  {
    settledAtMs: instant,
    status: fc.constantFrom(200, 399, 400, 499, 502),
    attempts: fc.array(attempt, { maxLength: 3 }),
    inputTokens: fc.nat(3_000_000),
    outputTokens: fc.constantFrom(0, 1, 70_000),
    cachedTokens: fc.nat(1_000),
    usageSource: fc.constantFrom('provider', 'counted', 'estimated', 'unknown'),
    durationMs: fc.nat(100_000),
    provider: text,
    model: text,
    costMicroUsd: microUsd,
  },
  {
    requiredKeys: [
      'settledAtMs',
      'status',
      'attempts',
      'inputTokens',
      'outputTokens',
      'cachedTokens',
      'usageSource',
      'durationMs',
    ],
  },
);

export const ledgerContents: fc.Arbitrary<LedgerContents> = fc
  .array(fc.tuple(intent, fc.option(settlement, { freq: 9, nil: undefined })), { maxLength: MAX_ROWS, size: 'max' })
  .map((rows) => ({
    intents: rows.map(([row], n) => ({ ...row, id: idOf(n) })),
    settlements: rows.flatMap(([, row], n) => (row ? [{ ...row, id: idOf(n) }] : [])),
  }));

const filter = fc.oneof(text, fc.constant(''));
const only = fc.record(
  Object.fromEntries(SPEND_GROUPS.filter((group) => group !== 'day').map((group) => [group, filter])),
  { requiredKeys: [] },
);

export const spendQueries: fc.Arbitrary<SpendQuery> = fc.record(
  {
    by: fc.shuffledSubarray([...SPEND_GROUPS], { minLength: 1, maxLength: 3 }),
    limit: fc.integer({ min: 5, max: 9 }),
    sinceMs: instant,
    untilMs: instant,
    fromId: fc.nat(MAX_ROWS).map(idOf),
    beforeId: fc.nat(MAX_ROWS).map(idOf),
    tenant: text,
    only: fc.oneof(
      only,
      fc.tuple(fc.constantFrom(...SPEND_GROUPS.slice(1)), filter).map(([group, value]) => ({ [group]: value })),
    ),
  },
  { requiredKeys: ['by'] },
);
