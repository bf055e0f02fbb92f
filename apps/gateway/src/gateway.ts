import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@sluice/contract';
import { composeGateway } from './compose.js';
import type { ComposedGateway } from './composed-gateway.js';
import { checkGiven, parseConfig } from './config/parse-config.js';
import { problemLine } from './config/problem.js';
import type { ConfigInput } from './config/schema.js';
import type { SecretPlace } from './config/secrets.js';
import { readEnvironment } from './config/environment.js';
import { openDataDir } from './data-dir.js';
import { dismissAll } from './serve.js';
import { within } from './within.js';

/** A configuration as the operator's file has it; everything may be left out. */
export type GatewayConfig = Partial<ConfigInput>;

export interface GatewayOptions {
  /** As whom `fetch` acts where no key is sent. Default: the operator, without limits. */
  readonly principal?: Principal;
  /** Where state is kept. Default: `SLUICE_DATA_DIR`, else `./.sluice`. */
  readonly dataDir?: string;
  /** Where secrets are looked up. Default: the process's own variables. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** File descriptor for log lines. Default: standard output. */
  readonly logFd?: number;
}

/** A whole gateway inside a process: routing, limits, cache and ledger, with no socket of its own. */
export interface Gateway {
  /** A listener for `node:http` and every framework on top of it; or a web `Request` in, a `Response` out. Needs a key. */
  handle(request: Request): Promise<Response>;
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Like the global `fetch`, but answered here: `new OpenAI({ fetch: gateway.fetch })`. Needs no key; one that is sent counts. */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  /**
   * Serves another configuration from now on; calls in flight end under the one that they began with. Sockets, circuits,
   * counters and lists of what it leaves as it was go on. Throws one error with a line for every problem; the one before
   * then goes on serving.
   */
  reload(config: GatewayConfig): Reloaded;
  /**
   * Refuses new calls with `draining`, waits for those in flight, up to `server.drainTimeoutMs`, writes what is pending
   * and releases everything. Idempotent.
   */
  close(): Promise<void>;
}

/** What a change of the configuration came to. */
export interface Reloaded {
  /** As in `x-sluice-config`. */
  readonly version: string;
  /** False where it says what the one before said. */
  readonly changed: boolean;
  /** Settings whose new value only a new gateway brings about. */
  readonly restartNeeded: readonly string[];
}

const OPERATOR: Principal = {
  kind: 'admin',
  role: 'owner',
  keyId: 'admin',
  keyName: 'in-process',
  tenant: 'default',
  limits: {},
};

/** Throws one error with a line for every problem of the configuration, or when the data cannot be opened. */
export function createGateway(config: GatewayConfig = {}, options: GatewayOptions = {}): Gateway {
  const env = options.env ?? process.env;
  const cwd = process.cwd();
  const { adminKey, dataDir: usualDir, problems } = readEnvironment(env, {});
  const parsed = parseConfig(config, { env, cwd }, problems);
  const dataDir = openDataDir(options.dataDir ?? usualDir);
  const { databasePath, keyPepper } = dataDir;
  const state = { databasePath, keyPepper, adminKey: dataDir.adminKey(adminKey).key };
  const logFd = options.logFd === undefined ? {} : { logFd: options.logFd };
  const running = composeGateway({ config: parsed, state, env, cwd, ...logFd });
  return toGateway(running, { principal: options.principal ?? OPERATOR, place: { env, cwd } });
}

interface Manners {
  readonly principal: Principal;
  readonly place: SecretPlace;
}

function toGateway(running: ComposedGateway, { principal, place }: Manners): Gateway {
  let closed: Promise<void> | undefined;
  function handle(request: Request): Promise<Response>;
  function handle(req: IncomingMessage, res: ServerResponse): void;
  function handle(request: Request | IncomingMessage, res?: ServerResponse): Promise<Response> | void {
    if (res) running.handle(request as IncomingMessage, res);
    else return running.answer(request as Request);
  }
  return {
    handle,
    fetch: (input, init) => running.answer(new Request(input, init), principal),
    reload: (config) => reload(running, config, place),
    close: () => (closed ??= shutDown(running)),
  };
}

function reload({ reloads }: ComposedGateway, config: GatewayConfig, place: SecretPlace): Reloaded {
  const checked = checkGiven(config, place);
  const result = checked.ok ? reloads.apply(checked.config) : reloads.fail(checked.problems);
  if (!result.ok) throw new Error(result.problems.map(problemLine).join('\n'));
  const { version, changed, restartNeeded } = result;
  return { version, changed, restartNeeded };
}

async function shutDown(running: ComposedGateway): Promise<void> {
  running.stop();
  await within(running.empty(), running.config.server.drainTimeoutMs);
  await dismissAll(running);
  await running.close();
}
