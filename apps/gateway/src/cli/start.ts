import { resolve } from 'node:path';
import type { Directory } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createAuditLog } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import { commandActor } from '../audit/command-actor.js';
import { systemClock } from '../system-clock.js';
import type { ConfigSource, GatewayState } from '../composed-gateway.js';
import type { LoadedConfig } from '../config/load-config.js';
import { openDataDir } from '../data-dir.js';
import type { AdminKey, DataDir } from '../data-dir.js';
import { openSharedDirectory } from '../directory/shared-directory.js';
import type { SharedDirectory } from '../directory/shared-directory.js';
import type { Served } from '../serve.js';
import { renderStartScreen } from './start-screen.js';
import type { StartFacts } from './start-screen.js';
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
    async (cause: unknown) => {
      await state.shared?.close();
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
  /** What the machines of `DATABASE_URL` share; absent where there is none. */
  readonly shared: SharedDirectory | undefined;
}

/** The data directory with everything a first start makes in it, and the directory of all machines. */
async function openState(loaded: LoadedConfig, context: CliContext): Promise<State> {
  const { environment } = loaded;
  const dataDir = openDataDir(resolve(context.cwd, environment.dataDir));
  const adminKey = dataDir.adminKey(environment.adminKey);
  const shared = await openShared(dataDir, loaded);
  const state = { dataDir, adminKey, shared };
  if (environment.production) return { ...state, developmentKey: undefined };
  const own = shared ? undefined : openSqliteStore({ path: dataDir.databasePath });
  try {
    const directory = shared ?? own;
    const developmentKey = directory && (await makeDevelopmentKey(directory, { ...state, loaded, context }));
    return { ...state, developmentKey };
  } catch (cause) {
    await shared?.close();
    throw cause;
  } finally {
    own?.close();
  }
}

async function openShared(dataDir: DataDir, { environment }: LoadedConfig): Promise<SharedDirectory | undefined> {
  const { databaseUrl, adminKey } = environment;
  return databaseUrl === undefined
    ? undefined
    : openSharedDirectory({ databaseUrl, dataDir, adminKey, mayServeCopy: true });
}

interface Start extends Pick<State, 'dataDir' | 'shared'> {
  readonly loaded: LoadedConfig;
  readonly context: CliContext;
}

function makeDevelopmentKey(
  { keys, tenancy, audit }: Directory,
  { dataDir, shared, loaded, context }: Start,
): Promise<string> {
  const { prefix } = loaded.config.auth.keys;
  const pepper = shared?.secret ?? dataDir.keyPepper;
  const actor = commandActor('start', context);
  const log = createAuditLog({ audit, seal: createAuditSeal(pepper), clock: systemClock });
  const change: DevelopmentKeyDeps['change'] = (action, made) => log.change(actor, action, made);
  return ensureDevelopmentKey({ dataDir, pepper, keys, tenancy, prefix, change });
}

function toGatewayState({ dataDir: { databasePath, keyPepper }, adminKey, shared }: State): GatewayState {
  const secrets = { keyPepper: shared?.secret ?? keyPepper, adminKey: adminKey.key };
  return { databasePath, ...secrets, ...(shared && { shared }) };
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
