import { resolve } from 'node:path';
import { SPEND_GROUPS } from '@sluice/contract';
import type { SpendGroup, SpendQuery, SpendRepository, SpendRow } from '@sluice/contract';
import { createPostgresSpend, openPostgres } from '@sluice/store-postgres';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { LoadedConfig } from '../config/load-config.js';
import { openDataDir } from '../data-dir.js';
import { toCsv } from '../spend/export.js';
import { renderSpend } from '../spend/render.js';
import { timeRange } from '../spend/time-range.js';
import { parseGroups, toSpendView } from '../spend/view.js';
import { systemClock } from '../system-clock.js';
import { CONFIG_OPTIONS, UsageError } from './command.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { loadSettings } from './load-for-command.js';
import { reportProblems } from './report-problems.js';
import { TIME_OPTIONS, readTime } from './read-time.js';

const SUMMARIES: Readonly<Record<Exclude<SpendGroup, 'day'>, string>> = {
  org: 'Of this organisation alone; here and below, empty for what has none',
  team: 'Of this team',
  user: 'Of this user',
  endUser: 'For this end user',
  key: 'Of the key with this id',
  provider: 'That this provider answered',
  model: 'That this model answered, in the words of its provider',
  alias: 'For this model, as callers write it',
  tag: 'With this tag',
};
const FILTERS = SPEND_GROUPS.filter((group) => group !== 'day');

/** `sluice spend`: what requests have cost, out of `DATABASE_URL`, else of the data directory, whether a gateway runs or not. */
export const spendCommand: Command = {
  name: 'spend',
  positionals: [],
  options: {
    by: { value: 'A,B', summary: `What requests are told apart by: ${SPEND_GROUPS.join(', ')}. Default: day` },
    ...TIME_OPTIONS,
    ...Object.fromEntries(FILTERS.map((group) => [optionOf(group), { value: 'ID', summary: SUMMARIES[group] }])),
    csv: { value: '', summary: 'Answer in CSV' },
    ...CONFIG_OPTIONS,
  },
  summary: 'Show what requests have cost',
  async run(call) {
    if (call.json && call.options['csv'] !== undefined) throw new UsageError('--json or --csv, not both');
    const query = toQuery(call.options);
    return withSpend(call, (spend) => show(call, spend, query));
  },
};

/** `end-user`: options have no capitals. */
function optionOf(group: SpendGroup): string {
  return group === 'endUser' ? 'end-user' : group;
}

function toQuery(options: CommandCall['options']): SpendQuery {
  const by = options['by'] === undefined ? (['day'] as const) : parseGroups(options['by']);
  if (!by) throw new UsageError(`--by takes names out of ${SPEND_GROUPS.join(', ')}, each once`);
  const given = FILTERS.filter((group) => options[optionOf(group)] !== undefined);
  const only = Object.fromEntries(given.map((group) => [group, options[optionOf(group)] ?? '']));
  return { by, ...rangeOf(options), only };
}

function rangeOf({ since, until }: CommandCall['options']): ReturnType<typeof timeRange> {
  const nowMs = systemClock.now();
  return timeRange(
    since === undefined ? undefined : readTime('since', since, nowMs),
    until === undefined ? undefined : readTime('until', until, nowMs),
  );
}

/** Runs `use` on the sums of the configured store. */
export async function withSpend(
  call: CommandCall,
  use: (spend: SpendRepository) => Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = await loadSettings(call);
  return loaded.ok ? useStore(loaded, call, use) : reportProblems(loaded.problems, call);
}

async function useStore(
  { environment }: LoadedConfig,
  { context }: CommandCall,
  use: (spend: SpendRepository) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { databaseUrl } = environment;
  if (databaseUrl !== undefined) {
    const database = openPostgres({ url: databaseUrl, clock: systemClock });
    return use(createPostgresSpend(database)).finally(() => database.close());
  }
  const { databasePath } = openDataDir(resolve(context.cwd, environment.dataDir));
  const store = openSqliteStore({ path: databasePath });
  try {
    return await use(store.spend);
  } finally {
    store.close();
  }
}

async function show(
  { context, json, options }: CommandCall,
  spend: SpendRepository,
  query: SpendQuery,
): Promise<ExitCode> {
  const { signal } = new AbortController();
  const { stdout, stderr } = context;
  if (options['csv'] !== undefined) {
    for await (const lines of toCsv(spend.rows(query, signal), query.by)) stdout.write(lines);
    return 0;
  }
  const rows: SpendRow[] = [];
  for await (const batch of spend.rows(query, signal)) rows.push(...batch);
  const total = await spend.total(query, signal);
  if (json) {
    stdout.write(`${JSON.stringify({ data: rows.map((row) => toSpendView(row, query.by)), total })}\n`);
    return 0;
  }
  stdout.write(`${renderSpend(rows, total, query.by)}\n`);
  if (total.unpriced > 0) stderr.write(`Of ${total.unpriced} requests no price is known: they are not in the sums.\n`);
  return 0;
}
