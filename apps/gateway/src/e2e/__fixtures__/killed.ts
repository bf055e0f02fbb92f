import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerRow } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { expect } from 'vitest';
import { ADMIN_KEY } from '../../__fixtures__/admin-key.js';
import { OPENAI_STREAM } from './frames.js';
import { attachTo } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { startProcess } from './process.js';
import type { SluiceProcess } from './process.js';
import { freePort } from './restarts.js';

const CALL = /call-\d+/;
/** From a start to the settlement of everything that was open. */
const SETTLED_WITHIN_MS = 5_000;
/** Between the pieces of an answer: calls are under way whenever the process is killed. */
const GAP_MS = 15;

export interface KillPlan {
  readonly cwd: string;
  readonly kills: number;
  /** Calls a second. */
  readonly rate: number;
  /** Between a start and the next kill. */
  readonly aliveMs: number;
}

export interface KillReport {
  /** From each start of the process to its first 200 of the readiness probe. */
  readonly readyMs: readonly number[];
  /** The ledger once no row is open, or five seconds after the last start. */
  readonly rows: readonly LedgerRow[];
  /** The calls that got a whole answer, and those that the provider saw. */
  readonly answered: readonly string[];
  readonly asked: readonly string[];
}

/** Kills a gateway under load, again and again, and starts it anew at the same address with the same data. */
export async function killUnderLoad({ cwd, kills, rate, aliveMs }: KillPlan): Promise<KillReport> {
  await using upstream = await startUpstream();
  const up = { kind: 'openai-compatible', baseUrl: upstream.url };
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify({ providers: { up } }));
  const port = await freePort();
  const ended: SluiceProcess[] = [];
  const readyMs: number[] = [];
  const start = async (): Promise<SluiceProcess> => {
    const startedMs = performance.now();
    const started = startProcess({ cwd, argv: ['--port', String(port)], env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
    await started.listening();
    await fetch(`http://127.0.0.1:${port}/health/ready`);
    readyMs.push(performance.now() - startedMs);
    return started;
  };
  let sluice = await start();
  const calls = startCalls(port, rate);
  try {
    for (let killed = 0; killed < kills; killed += 1) {
      await sleep(aliveMs);
      await sluice.stop('SIGKILL');
      ended.push(sluice);
      sluice = await start();
    }
    const settledMs = performance.now() + SETTLED_WITHIN_MS;
    await sleep(300);
    const answered = await calls.stop();
    const rows = await settledRows(cwd, settledMs);
    const earlier = (): string => ended.map(({ output }) => output.stdout + output.stderr).join('');
    await assertInvariants({ gateway: await attachTo(sluice, { cwd, earlier }) });
    return { readyMs, answered, rows, asked: upstream.asked };
  } finally {
    await calls.stop();
    await sluice.stop('SIGKILL');
  }
}

/** Every call that anybody knows of has one row, and no row is open. */
export function expectNothingLost({ rows, answered, asked }: KillReport): void {
  const ids = rows.map(({ clientRequestId = '' }) => clientRequestId);
  const known = new Set(ids);
  expect(known.size).toBe(ids.length);
  expect([...answered, ...asked].filter((id) => !known.has(id))).toEqual([]);
  expect(rows.filter(({ settlement }) => !settlement)).toEqual([]);
  const outcomes = new Set(rows.map(({ settlement }) => `${settlement?.status} ${settlement?.usageSource}`));
  expect([...outcomes].toSorted()).toEqual(['200 provider', '500 unknown']);
}

/** A provider that remembers who was asked for. */
async function startUpstream(): Promise<AsyncDisposable & { readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    void (async () => {
      asked.push(CALL.exec(await text(req))?.[0] ?? '');
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of [...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending]) {
        res.write(frame);
        await sleep(GAP_MS);
      }
      res.end();
    })().catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Streams at an even rate, whether anybody is there to serve them or not. Those that end whole are named by `stop`. */
function startCalls(port: number, rate: number): { stop(): Promise<readonly string[]> } {
  const answered: string[] = [];
  const running = new Set<Promise<void>>();
  let isStopped = false;
  const loop = (async () => {
    const startedMs = performance.now();
    for (let sent = 0; !isStopped; sent += 1) {
      const id = `call-${sent}`;
      const call: Promise<void> = ask(port, id)
        .then((isWhole) => void (isWhole && answered.push(id)))
        .catch(() => undefined)
        .finally(() => running.delete(call));
      running.add(call);
      await sleep(Math.max(0, startedMs + ((sent + 1) * 1_000) / rate - performance.now()));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await loop;
      await Promise.all(running);
      return answered;
    },
  };
}

async function ask(port: number, id: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', 'x-request-id': id },
    body: JSON.stringify({ model: 'up/m', stream: true, messages: [{ role: 'user', content: id }] }),
  });
  return (await answer.text()).endsWith('data: [DONE]\n\n');
}

async function settledRows(cwd: string, untilMs: number): Promise<readonly LedgerRow[]> {
  for (;;) {
    const rows = readRows(cwd);
    if (performance.now() > untilMs || rows.every(({ settlement }) => settlement)) return rows;
    await sleep(200);
  }
}

/** The ledger of a gateway that was started in `cwd`. */
export function readRows(cwd: string): readonly LedgerRow[] {
  const store = openSqliteStore({ path: join(cwd, '.sluice', 'sluice.db') });
  try {
    return store.ledger.page({ limit: 1_000_000 }).rows;
  } finally {
    store.close();
  }
}
