import { resolve } from 'node:path';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createAuditLog } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import { commandActor } from '../audit/command-actor.js';
import { systemClock } from '../system-clock.js';
import type { ConfigSource, GatewayState } from '../compose.js';
import type { LoadedConfig } from '../config/load-config.js';
import { openDataDir } from '../data-dir.js';
import type { AdminKey, DataDir } from '../data-dir.js';
import type { Served } from '../serve.js';
import { renderStartScreen } from '../start-screen.js';
import type { StartFacts } from '../start-screen.js';
import { CONFIG_OPTIONS } from './command.js';
import type { CliContext, Command, CommandCall, CommandOption, ExitCode } from './command.js';
import { createConfigSource, watchedFile } from './config-source.js';
import { ensureDevelopmentKey } from './development-key.js';
import type { DevelopmentKeyDeps } from './development-key.js';
import type { Launch } from './launch.js';
import { explainListenFailure } from './listen-failure.js';
import { loadForStart } from './load-for-command.js';
import { reportProblems } from './report-problems.js';
import { toStartFacts } from './start-facts.js';
import { untilStopped } from './until-stopped.js';

export const START_OPTIONS = {
  host: { value: 'HOST', summary: 'Address to listen on (SLUICE_HOST; 127.0.0.1)' },
  port: { value: 'PORT', summary: 'Port to listen on, 0 for any free one (SLUICE_PORT; 4000)' },
  ...CONFIG_OPTIONS,
} as const satisfies Record<string, CommandOption>;

/** `sluice start`: serves until it is told to stop. */
export function createStartCommand(launch: Launch): Command {
  return {
    name: 'start',
    positionals: [],
    options: START_OPTIONS,
    summary: 'Start the gateway',
    async run(call) {
      // Before it is read: what changes from then on is noticed.
      const watched = watchedFile(call);
      const loaded = await loadForStart(call);
      if (!loaded.ok) return reportProblems(loaded.problems, call);
      return serve({ loaded, source: createConfigSource(call, loaded, watched) }, call, launch);
    },
  };
}

interface Found {
  readonly loaded: LoadedConfig;
  readonly source: ConfigSource;
}

async function serve({ loaded, source }: Found, call: CommandCall, launch: Launch): Promise<ExitCode> {
  const { env, cwd } = call.context;
  const state = await openState(loaded, call.context);
  const running = await launch({ config: loaded.config, state: toGatewayState(state), env, cwd, source }).catch(
    (cause: unknown) => {
      throw explainListenFailure(cause, loaded.config.server);
    },
  );
  const facts = toStartFacts({ loaded, url: running.url, ...state });
  // Listens for signals first: who reads the last line may send one at once.
  const ended = untilStopped(running, call.context);
  announce(running, facts, call);
  if (facts.adminKey.from === 'secrets-file' && facts.adminKey.key !== undefined) state.dataDir.markAdminKeyShown();
  return ended;
}

interface State {
  readonly dataDir: DataDir;
  readonly adminKey: AdminKey;
  readonly developmentKey: string | undefined;
}

/** The data directory with everything a first start makes in it. */
async function openState({ config, environment }: LoadedConfig, { env, cwd }: CliContext): Promise<State> {
  const actor = commandActor('start', { env });
  const dataDir = openDataDir(resolve(cwd, environment.dataDir));
  const adminKey = dataDir.adminKey(environment.adminKey);
  if (environment.production) return { dataDir, adminKey, developmentKey: undefined };
  const store = openSqliteStore({ path: dataDir.databasePath });
  try {
    const { prefix } = config.auth.keys;
    const { keys, tenancy } = store;
    const log = createAuditLog({ audit: store.audit, seal: createAuditSeal(dataDir.keyPepper), clock: systemClock });
    const change: DevelopmentKeyDeps['change'] = (action, made) => log.change(actor, action, made);
    const developmentKey = await ensureDevelopmentKey({ dataDir, keys, tenancy, prefix, change });
    return { dataDir, adminKey, developmentKey };
  } finally {
    store.close();
  }
}

function toGatewayState({ dataDir: { databasePath, keyPepper }, adminKey }: State): GatewayState {
  return { databasePath, keyPepper, adminKey: adminKey.key };
}

/** The screen for people, then the line that scripts wait for; with `--json` both in one line. */
function announce({ url }: Served, facts: StartFacts, { context, json }: CommandCall): void {
  const msg = `listening on ${url}`;
  if (json) context.stdout.write(`${JSON.stringify({ msg, ...facts })}\n`);
  else context.stdout.write(`${renderStartScreen(facts, { color: hasColor(context) })}${msg}\n`);
}

/** https://no-color.org */
function hasColor({ stdout, env }: CliContext): boolean {
  return stdout.isTTY === true && !env['NO_COLOR'];
}
