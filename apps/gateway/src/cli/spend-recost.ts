import { resolve } from 'node:path';
import { readSnapshot } from '@sluice/catalogue';
import type { CatalogueData } from '@sluice/catalogue';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createAuditLog } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import { commandActor } from '../audit/command-actor.js';
import { composeCatalogue } from '../compose/catalogue.js';
import type { LoadedConfig } from '../config/load-config.js';
import { openDataDir } from '../data-dir.js';
import { withDirectory } from '../directory/with-directory.js';
import { readKept } from '../prices/kept-catalogue.js';
import { pricesIn, recostRequests } from '../spend/recosting.js';
import type { RecostQuestion } from '../spend/recosting.js';
import { toUsd } from '../spend/render.js';
import { systemClock } from '../system-clock.js';
import { CONFIG_OPTIONS, UsageError } from './command.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { loadSettings } from './load-for-command.js';
import { TIME_OPTIONS, readTime } from './read-time.js';
import { reportProblems } from './report-problems.js';

/** `sluice spend recost`: on the data directory's own ledger, whether a gateway runs or not. */
export const spendRecostCommand: Command = {
  name: 'spend recost',
  positionals: [],
  options: {
    ...TIME_OPTIONS,
    provider: { value: 'NAME', summary: 'Requests that this provider answered' },
    model: { value: 'NAME', summary: 'Requests that this model answered, in the words of its provider' },
    'dry-run': { value: '', summary: 'Only tell what would come of it' },
    ...CONFIG_OPTIONS,
  },
  summary: 'Price requests again by the prices of today; the ledger keeps what was before',
  async run(call) {
    const question = toQuestion(call.options);
    const loaded = await loadSettings(call);
    return loaded.ok ? recostWith(loaded, call, question) : reportProblems(loaded.problems, call);
  },
};

function toQuestion(options: CommandCall['options']): RecostQuestion {
  const { since, until, provider, model } = options;
  if (since === undefined) throw new UsageError('--since says from when on requests are priced again');
  const nowMs = systemClock.now();
  return {
    sinceMs: readTime('since', since, nowMs),
    untilMs: until === undefined ? nowMs : readTime('until', until, nowMs),
    ...{ provider, model },
    dryRun: options['dry-run'] !== undefined,
  };
}

async function recostWith(
  { config, environment }: LoadedConfig,
  { context, json }: CommandCall,
  question: RecostQuestion,
): Promise<ExitCode> {
  if (!question.dryRun) {
    await withDirectory({ environment, cwd: context.cwd }, ({ audit, secret }) =>
      createAuditLog({ audit, seal: createAuditSeal(secret), clock: systemClock }).note(
        commandActor('cli', context),
        'recostSpend',
        '',
      ),
    );
  }
  const dataDir = openDataDir(resolve(context.cwd, environment.dataDir));
  const store = openSqliteStore({ path: dataDir.databasePath });
  try {
    const catalogue = composeCatalogue(config, lastGood(config, dataDir.path));
    const deps = { repository: store.ledger, pricesOf: pricesIn(config, catalogue) };
    const report = await recostRequests(deps, question, new AbortController().signal);
    context.stdout.write(`${json ? JSON.stringify(report) : toText(report)}\n`);
    return 0;
  } finally {
    store.close();
  }
}

/** As a gateway with this data directory has it: of the source the last good one. */
function lastGood({ catalogue: { source } }: LoadedConfig['config'], folder: string): CatalogueData {
  const snapshot = readSnapshot();
  const kept = source && readKept(folder, source, snapshot);
  return kept?.ok ? kept.data : snapshot;
}

function toText(report: Awaited<ReturnType<typeof recostRequests>>): string {
  const { dryRun, requests, adjusted, unpriced, unexplained, microUsd } = report;
  const by = `${microUsd < 0 ? '' : '+'}${toUsd(microUsd)} USD`;
  const done = dryRun ? 'would be adjusted' : 'are adjusted';
  const left = `${unpriced} have no price today, ${unexplained} a cost that their counts do not tell`;
  return `Of ${requests} requests ${adjusted} ${done}, by ${by}; ${left}.`;
}
