import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect } from 'vitest';
import { ADMIN_KEY } from '../../__fixtures__/admin-key.js';
import { composeGateway } from '../../compose.js';
import { parseConfig } from '../../config/parse-config.js';
import { openDataDir } from '../../data-dir.js';
import type { GatewayConfig } from '../../gateway.js';
import type { RequestView } from '../../http/admin/request-view.js';
import { serve } from '../../serve.js';
import { startProcess } from './process.js';
import type { ProcessOptions, SluiceProcess } from './process.js';


export type LogLine = Readonly<Record<string, unknown>>;

/** A gateway with a socket and a data directory of its own, wherever it runs. Whoever started it disposes of it. */
export interface RemoteGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly key: string;
  readonly adminKey: string;
  /** The unmodified SDKs, set up as a user would; they do not try again, so that one call is one request. */
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** The ledger, newest first, as operators see it. */
  rows(): Promise<readonly RequestView[]>;
  /** Another caller's key. */
  createKey(input: Readonly<Record<string, unknown>>): Promise<string>;
  /** A call with the caller's key; a body makes it a POST. Headers in `init` replace all others. */
  call(path: string, body?: string | object, init?: RequestInit): Promise<Response>;
  /** What came of each `call` that was answered. */
  readonly calls: readonly CallSeen[];
  /** As `/metrics` tells it to the operator. */
  metrics(): Promise<string>;
  /** What it was started with. */
  readonly config: GatewayConfig;
  /** Where its data is, and its log. */
  readonly folder: string;
  /** All that it wrote for people or machines to read, so far. */
  logText(): string;
  /** The keys of callers, operators and providers. */
  readonly secrets: readonly string[];
  /** Ends it once all is written; its folder stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}
export interface CallSeen {
  readonly status: number;
  /** The id under which the gateway took the call on; null where it did not. */
  readonly decision: string | null;
}

/** One in the process of the test. */
export interface TestGateway extends RemoteGateway {
  /** What was logged so far; lines come up to a tenth of a second late. */
  logLines(): readonly LogLine[];
  /** As a first SIGTERM makes it. */
  drain(): Promise<void>;
}

/** One in a process of its own. */
export interface ProcessGateway extends RemoteGateway {
  readonly sluice: SluiceProcess;
}

type Env = Readonly<Record<string, string>>;
const UPSTREAM_KEY: Env = { UPSTREAM_KEY: 'sk-upstream' };

/** It shares its event loop with the test, whose work is no load of its own. */
const UNHURRIED = { eventLoopDelayMs: 3_600_000 };

/** Starts a gateway on a free port. `config` is what an operator's file would hold; `sim` is there besides. */
export async function startGateway(config: GatewayConfig = {}, env = UPSTREAM_KEY): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  const logPath = join(folder, 'log');
  const logFd = openSync(logPath, 'a');
  const { databasePath, keyPepper, ...dataDir } = openDataDir(join(folder, 'data'));
  const adminKey = dataDir.adminKey(undefined).key;
  const running = composeGateway({
    config: parseConfig({ ...config, server: { shed: UNHURRIED, ...config.server } }, { env, cwd: folder }),
    state: { databasePath, keyPepper, adminKey },
    env,
    cwd: folder,
    logFd,
  });
  const served = await serve(running, { host: '127.0.0.1', port: 0 });
  const operator = operatorOf(served.url, adminKey);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= served.close().finally(() => closeSync(logFd)));
  const close = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const logText = (): string => readFileSync(logPath, 'utf8');
  const key = await operator.createKey({ name: 'test' });
  return {
    adminKey,
    ...operator,
    ...callerOf(served.url, key),
    config,
    folder,
    logText,
    secrets: [key, adminKey, ...Object.values(env)],
    logLines: () => parseLines(logText()),
    drain: () => served.drain(),
    stop,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Starts `sluice start` with this configuration in a process of its own. */
export async function startGatewayProcess(
  config: GatewayConfig,
  { env = {}, preload = [] }: Pick<ProcessOptions, 'env' | 'preload'> = {},
): Promise<ProcessGateway> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  // JSON is YAML.
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify(config));
  const sluice = startProcess({ cwd, preload, env: { SLUICE_ADMIN_KEY: ADMIN_KEY, ...env } });
  const gateway = await attachTo(sluice, { cwd, config, env });
  const close = async (): Promise<void> => {
    await gateway.close();
    rmSync(cwd, { recursive: true, force: true });
  };
  return { ...gateway, close, [Symbol.asyncDispose]: close };
}

export interface Attached {
  readonly cwd: string;
  readonly config?: GatewayConfig;
  readonly env?: Env;
  /** What earlier processes with the same data wrote for people or machines to read. */
  readonly earlier?: () => string;
}

/** Waits until the process serves; its admin key is the one of these fixtures. Whoever made its folder removes it. */
export async function attachTo(
  sluice: SluiceProcess,
  { cwd, config = {}, env = {}, earlier = () => '' }: Attached,
): Promise<ProcessGateway> {
  const url = await sluice.listening();
  const operator = operatorOf(url, ADMIN_KEY);
  const key = await operator.createKey({ name: 'test' });
  const logText = (): string => earlier() + sluice.output.stdout + sluice.output.stderr;
  // Whether they had the time to log them or not.
  const before = new Set((await operator.rows()).map(({ id }) => id));
  const close = async (): Promise<void> => void (await sluice.stop('SIGKILL'));
  return {
    adminKey: ADMIN_KEY,
    ...operator,
    ...callerOf(url, key),
    sluice,
    config,
    folder: cwd,
    logText,
    secrets: [key, ADMIN_KEY, ...Object.values(env)],
    // By its signal, it would serve on for a while.
    async stop() {
      const rows = await operator.rows();
      await expect.poll(() => rows.filter(({ id }) => !before.has(id) && !logText().includes(id)), { interval: 10 }).toEqual([]);
      await sluice.stop('SIGKILL');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What an operator can do with the gateway that listens at `url`. */
function operatorOf(url: string, adminKey: string): Pick<RemoteGateway, 'rows' | 'createKey' | 'metrics'> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  return {
    async rows() {
      const rows: RequestView[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const answer = await fetch(`${url}/admin/v1/requests?limit=1000${from}`, { headers });
        const page = (await answer.json()) as { data: readonly RequestView[]; nextCursor: string | null };
        rows.push(...page.data);
        cursor = page.nextCursor;
      }
      return rows;
    },
    metrics: async () => (await fetch(`${url}/metrics`, { headers })).text(),
    async createKey(input) {
      const init = { method: 'POST', headers, body: JSON.stringify(input) };
      const answer = await fetch(`${url}/admin/v1/keys`, init);
      return ((await answer.json()) as { key: string }).key;
    },
  };
}

type Caller = Pick<RemoteGateway, 'url' | 'key' | 'openai' | 'anthropic' | 'call' | 'calls'>;

/** What a caller can do with it. */
function callerOf(url: string, key: string): Caller {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const calls: CallSeen[] = [];
  return {
    url,
    key,
    calls,
    openai: openaiClient(url, key),
    anthropic: anthropicClient(url, key),
    async call(path, body, init = {}) {
      const answer = await fetch(url + path, {
        ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
        headers,
        ...init,
      });
      // What is given again names the row of the first.
      const isAgain = answer.headers.has('idempotent-replayed');
      calls.push({ status: answer.status, decision: isAgain ? null : answer.headers.get('x-sluice-decision') });
      return answer;
    },
  };
}

export function openaiClient(url: string, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

export function anthropicClient(url: string, apiKey: string): Anthropic {
  return new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
}

/** Lines of JSON; a line that is none is a failure of its own. */
export function parseLines(text: string): readonly LogLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);
}
