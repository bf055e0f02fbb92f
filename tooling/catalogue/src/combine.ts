import type { ModelRecord } from '@sluice/catalogue';
import type { Draft } from './draft.js';

/** Joins what is known of exactly the same things, and drops what is empty. The order is stable: by the first name. */
export function combine(drafts: readonly Draft[]): readonly ModelRecord[] {
  const groups = Map.groupBy(drafts, ({ facts }) => JSON.stringify(tidy(facts)));
  return [...groups]
    .map(([facts, group]) => ({ at: placesOf(group), ...(JSON.parse(facts) as Draft['facts']) }))
    .sort((a, b) => compare(firstName(a), firstName(b)));
}

/** In one order of fields and of values, so that equal facts are equal text. */
function tidy({ modes, can, cannot, efforts, defaultEffort, refuses, ...rest }: Draft['facts']): Draft['facts'] {
  const { maxInputTokens, maxOutputTokens, retiresOn, prices } = rest;
  return {
    modes,
    can: listed(can),
    cannot: listed(cannot),
    efforts: efforts?.length ? efforts : undefined,
    defaultEffort,
    refuses,
    maxInputTokens,
    maxOutputTokens,
    retiresOn,
    prices: prices?.length ? prices.map((row) => ({ ...row, picoUsd: sorted(row.picoUsd) })) : undefined,
  };
}

function listed<T extends string>(values: readonly T[] = []): readonly T[] | undefined {
  return values.length > 0 ? [...new Set(values)].sort(compare) : undefined;
}

function sorted<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => compare(a, b))) as T;
}

function placesOf(group: readonly Draft[]): ModelRecord['at'] {
  const places = Map.groupBy(group, ({ kind }) => kind);
  return sorted(
    Object.fromEntries([...places].map(([kind, drafts]) => [kind, drafts.map(({ name }) => name).sort(compare)])),
  );
}

function firstName({ at }: ModelRecord): string {
  const [[kind, [name]] = ['', ['']]] = Object.entries(at);
  return `${kind}/${name}`;
}

/** By code unit: the same everywhere, whatever the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
