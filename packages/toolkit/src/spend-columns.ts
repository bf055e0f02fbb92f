import type { SpendGroup, SpendRow, SpendSums } from '@sluice/contract';

/**
 * A row as a database has it: `v0`, `v1` and so on, `keyName`, and sums by their names, those of `usageSources` as `byProvider`,
 * `byCounting`, `byEstimate`, `byNobody`. Numbers of any size may be decimal text.
 */
export type SpendColumns = Readonly<Record<string, string | number | null>>;

export function toSpendRow(columns: SpendColumns, by: readonly SpendGroup[]): SpendRow {
  const values = by.map((_, index) => columns[`v${index}`] ?? '');
  const keyName = columns['keyName'];
  return { values, ...(typeof keyName === 'string' ? { keyName } : {}), ...toSums(columns) };
}

/** A sum over nothing is `null`. */
export function toSums(columns: SpendColumns): SpendSums {
  const sum = (name: string): number => Number(columns[name] ?? 0);
  return {
    requests: sum('requests'),
    failures: sum('failures'),
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cachedTokens: sum('cachedTokens'),
    costMicroUsd: sum('costMicroUsd'),
    abandonedMicroUsd: sum('abandonedMicroUsd'),
    unpriced: sum('unpriced'),
    usageSources: {
      provider: sum('byProvider'),
      counted: sum('byCounting'),
      estimated: sum('byEstimate'),
      unknown: sum('byNobody'),
    },
  };
}
