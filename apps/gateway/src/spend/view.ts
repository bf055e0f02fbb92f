import { SPEND_GROUPS } from '@sluice/contract';
import type { SpendGroup, SpendRow, SpendSums, SpendValue } from '@sluice/contract';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const count = z.int().nonnegative();
const name = (description: string): z.ZodType<string | null> => z.string().nullable().meta({ description });

const sums = {
  requests: count.meta({ description: 'Requests that have ended.' }),
  failures: count.meta({ description: 'Of them, those that ended with an error, or whose caller left.' }),
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  costMicroUsd: count.meta({ description: 'Millionths of a US dollar.' }),
  abandonedMicroUsd: count.meta({
    description: 'What attempts that lost a race are estimated to have cost, beside costMicroUsd.',
  }),
  unpriced: count.meta({ description: 'Requests that used something, and whose cost is not known.' }),
  usageSources: z
    .strictObject({ provider: count, counted: count, estimated: count, unknown: count })
    .meta({ description: 'How many requests have their usage from where.' }),
};

/** What all requests together have cost. */
export const spendTotal = z.strictObject(sums).meta({ description: 'Over every request once.' });

/** One group: what it is told apart by, null where a request has none, and its sums. */
export const spendView = z
  .strictObject({
    day: z.iso.date().meta({ description: 'Of the calendar in UTC, by when requests began.' }).exactOptional(),
    org: name('The id of the organisation.').exactOptional(),
    team: name('The id of the team.').exactOptional(),
    user: name('The id of the user, or service account.').exactOptional(),
    endUser: name('For whom the caller asked, in its own words.').exactOptional(),
    key: name('The id of the key.').exactOptional(),
    keyName: name('What the key was called.').exactOptional(),
    provider: name('Who answered.').exactOptional(),
    model: name('The model that answered, in the words of its provider.').exactOptional(),
    alias: name('The model as the caller wrote it.').exactOptional(),
    tag: name('A request with several tags counts for each of them.').exactOptional(),
    ...sums,
  })
  .meta({ description: 'What a group of requests has cost.' });
export type SpendView = z.output<typeof spendView>;

/** A row in the form of {@link spendView}. */
export function toSpendView({ values, keyName, ...row }: SpendRow, by: readonly SpendGroup[]): SpendView {
  const named: Record<string, string | null> = {};
  for (const [index, group] of by.entries()) {
    named[group] = toText(group, values[index] ?? '') || null;
    if (group === 'key') named['keyName'] = keyName ?? null;
  }
  return { ...named, ...row };
}

export function toText(group: SpendGroup, value: SpendValue): string {
  return group === 'day' ? new Date(Number(value) * DAY_MS).toISOString().slice(0, 10) : String(value);
}

const SUM_COLUMNS = [
  'requests',
  'failures',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'costMicroUsd',
  'abandonedMicroUsd',
  'unpriced',
] as const satisfies readonly (keyof SpendSums)[];

/** The names of the columns of a table of such rows. */
export function spendHeader(by: readonly SpendGroup[]): readonly string[] {
  const groups = by.flatMap((group) => (group === 'key' ? ['key', 'keyName'] : [group]));
  return [...groups, ...SUM_COLUMNS, 'usageProvider', 'usageCounted', 'usageEstimated', 'usageUnknown'];
}

/** What stands in them. */
export function spendCells(row: SpendRow, by: readonly SpendGroup[]): readonly (string | number)[] {
  const groups = by.flatMap((group, index) => {
    const text = toText(group, row.values[index] ?? '');
    return group === 'key' ? [text, row.keyName ?? ''] : [text];
  });
  const { provider, counted, estimated, unknown } = row.usageSources;
  return [...groups, ...SUM_COLUMNS.map((column) => row[column]), provider, counted, estimated, unknown];
}

/** The groups that a list with commas names, each once; nothing where one of them is none. */
export function parseGroups(text: string): readonly SpendGroup[] | undefined {
  const groups = text.split(',').map((group) => group.trim());
  const isFine = groups.every((group, index) => isGroup(group) && groups.indexOf(group) === index);
  return isFine ? (groups as SpendGroup[]) : undefined;
}

function isGroup(text: string): boolean {
  return (SPEND_GROUPS as readonly string[]).includes(text);
}
