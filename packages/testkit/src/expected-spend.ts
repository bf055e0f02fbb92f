import type {
  LedgerIntent,
  LedgerSettlement,
  SpendGroup,
  SpendQuery,
  SpendRange,
  SpendRow,
  SpendSums,
  SpendValue,
} from '@sluice/contract';
import type { LedgerContents } from './arbitraries/spend.js';

const DAY_MS = 86_400_000;

/** A request that has ended. */
interface Ended {
  readonly intent: LedgerIntent;
  readonly settlement: LedgerSettlement;
}

/** The rows that sums over `contents` have, added up one by one. */
export function expectedRows(contents: LedgerContents, { by, ...range }: SpendQuery): readonly SpendRow[] {
  const groups = new Map<string, { readonly values: readonly SpendValue[]; readonly rows: Ended[] }>();
  for (const row of endedWithin(contents, range)) {
    for (const values of valuesOf(row, by)) {
      const key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, rows: [] };
      group.rows.push(row);
      groups.set(key, group);
    }
  }
  return [...groups.values()]
    .toSorted((a, b) => compareValues(a.values, b.values))
    .map(({ values, rows }) => ({ values, ...keyNameOf(rows, by), ...addUp(rows) }));
}

export function expectedTotal(contents: LedgerContents, range: SpendRange): SpendSums {
  return addUp(endedWithin(contents, range));
}

function endedWithin({ intents, settlements }: LedgerContents, range: SpendRange): readonly Ended[] {
  const byId = new Map(settlements.map((settlement) => [settlement.id, settlement]));
  return intents.flatMap((intent) => {
    const settlement = byId.get(intent.id);
    return settlement && isWithin({ intent, settlement }, range) ? [{ intent, settlement }] : [];
  });
}

function isWithin(row: Ended, { sinceMs, untilMs, fromId, beforeId, tenant, only = {} }: SpendRange): boolean {
  const { id, startedAtMs, tenant: whose } = row.intent;
  if (startedAtMs < (sinceMs ?? 0) || startedAtMs >= (untilMs ?? Number.POSITIVE_INFINITY)) return false;
  if (id < (fromId ?? '') || (beforeId !== undefined && id >= beforeId)) return false;
  if (tenant !== undefined && whose !== tenant) return false;
  return Object.entries(only).every(([group, value]) =>
    valuesOf(row, [group as SpendGroup]).some(([own]) => own === value),
  );
}

/** Those of each group that the request is in. */
function valuesOf({ intent, settlement }: Ended, by: readonly SpendGroup[]): readonly SpendValue[][] {
  const tags = by.includes('tag') ? (intent.tags ?? ['']) : [''];
  return tags.map((tag) => {
    const all: Record<SpendGroup, SpendValue | undefined> = {
      day: Math.floor(intent.startedAtMs / DAY_MS),
      org: intent.tenant,
      team: intent.team,
      user: intent.user,
      endUser: intent.endUser,
      key: intent.keyId,
      provider: settlement.provider,
      model: settlement.model,
      alias: intent.requestedModel,
      tag,
    };
    return by.map((group) => all[group] ?? '');
  });
}

function compareValues(a: readonly SpendValue[], b: readonly SpendValue[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? '';
    const order =
      typeof left === 'number' ? left - Number(right) : Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
    if (order !== 0) return order;
  }
  return 0;
}

/** One key may have been called several names: the last of them in the order of bytes. */
function keyNameOf(rows: readonly Ended[], by: readonly SpendGroup[]): { readonly keyName?: string } {
  if (!by.includes('key')) return {};
  const names = rows.flatMap(({ intent: { keyName } }) => keyName ?? []);
  const keyName = names.toSorted((a, b) => compareValues([a], [b])).at(-1);
  return keyName === undefined ? {} : { keyName };
}

function addUp(rows: readonly Ended[]): SpendSums {
  const settlements = rows.map(({ settlement }) => settlement);
  const sum = (of: (row: LedgerSettlement) => number): number => settlements.reduce((all, row) => all + of(row), 0);
  const from = (source: LedgerSettlement['usageSource']): number =>
    sum(({ usageSource }) => Number(usageSource === source));
  return {
    requests: settlements.length,
    failures: sum(({ status }) => Number(status >= 400)),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    costMicroUsd: sum(({ costMicroUsd = 0 }) => costMicroUsd),
    abandonedMicroUsd: sum(({ attempts }) => attempts.reduce((all, { costMicroUsd = 0 }) => all + costMicroUsd, 0)),
    unpriced: sum((row) =>
      Number(row.costMicroUsd === undefined && (row.status < 400 || row.inputTokens + row.outputTokens > 0)),
    ),
    usageSources: {
      provider: from('provider'),
      counted: from('counted'),
      estimated: from('estimated'),
      unknown: from('unknown'),
    },
  };
}
