import { closeSync, copyFileSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createGateway } from '../index.js';
import { SLOWER_BY_MS, missing, slowFsync, smallDisk } from './__fixtures__/disks.js';
import { percentile, startLoad } from './__fixtures__/even-load.js';
import type { RemoteGateway } from './__fixtures__/gateway.js';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import { assertInvariants, assertInvariantsAfter } from './__fixtures__/invariants.js';
import { readRows } from './__fixtures__/killed.js';
import { least } from './__fixtures__/least.js';
import { startProcess } from './__fixtures__/process.js';

const WORDS = 'one two three four '.repeat(20);
const chat = (model: string) => ({ model, messages: [{ role: 'user', content: WORDS }] });

async function healthOf({ url, adminKey }: RemoteGateway): Promise<{ state: string; ledger: { unwritten: number } }> {
  const answer = await fetch(`${url}/health/providers`, { headers: { authorization: `Bearer ${adminKey}` } });
  return (await answer.json()) as { state: string; ledger: { unwritten: number } };
}

/** Past the record of calls: what was refused before it had a row has none. */
const ask = ({ url, key }: RemoteGateway, model: string): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(chat(model)),
  });

it.skipIf(missing)(
  `F57 a full disk: new requests are refused before a provider is asked, those under way end whole, and their rows are written when there is room${missing}`,
  async () => {
    const disk = smallDisk();
    await using upstream = await fakeUpstream(reply().json({}));
    const providers = { sim: { kind: 'sim' }, up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } };
    await using gateway = await startGatewayProcess({ providers }, { env: { SLUICE_DATA_DIR: disk.path } });
    const stream = gateway.openai.chat.completions.stream({
      model: 'sim/pace-20',
      messages: [{ role: 'user', content: WORDS }],
    });
    const whole = stream.finalContent();
    await new Promise((resolve) => void stream.once('content', resolve));

    disk.fill();
    const refusal = async (): Promise<number> => {
      const { value: refused, tookMs } = await timed(() => ask(gateway, 'up/m'));
      expect([refused.status, await refused.json()]).toEqual([
        503,
        expect.objectContaining({ error: expect.objectContaining({ code: 'storage_unavailable' }) as unknown }),
      ]);
      return tookMs;
    };
    expect(await least(refusal, 100)).toBeLessThanOrEqual(100);
    expect(await whole).toBe(WORDS);
    await expect.poll(() => healthOf(gateway)).toMatchObject({ state: 'degraded', ledger: { unwritten: 1 } });
    expect(upstream.requests.filter(({ method }) => method === 'POST')).toEqual([]);

    disk.empty();
    await expect.poll(async () => (await ask(gateway, 'sim/echo')).status).toBe(200);
    await expect.poll(() => healthOf(gateway)).toMatchObject({ ledger: { state: 'up', unwritten: 0 } });
    const rows = await gateway.rows();
    expect(rows.find(({ model }) => model === 'pace-20')).toMatchObject({
      state: 'settled',
      status: 200,
      usageSource: 'provider',
    });
    // The address of the disk, a variable as well, is no secret.
    await assertInvariants({ gateway: { ...gateway, secrets: [gateway.key, gateway.adminKey] } });
  },
);

it.each([
  ['is full', '/dev/full', 'w'],
  ['only reads', '/dev/null', 'r'],
])(
  'F58 a disk for logs that %s: requests go on, and the lines that are lost are counted',
  async (_name, path, flags) => {
    const logFd = openSync(path, flags);
    onTestFinished(() => closeSync(logFd));
    const gateway = createGateway({ providers: { sim: { kind: 'sim' } } }, { dataDir: temporaryDir(), env: {}, logFd });
    onTestFinished(() => gateway.close());
    for (let call = 0; call < 3; call += 1) {
      const body = JSON.stringify(chat('sim/echo'));
      const headers = { 'content-type': 'application/json' };
      expect(
        (await gateway.fetch('http://gateway/v1/chat/completions', { method: 'POST', headers, body })).status,
      ).toBe(200);
    }
    const dropped = async (): Promise<number> => {
      const text = await (await gateway.fetch('http://gateway/metrics')).text();
      return Number(/^sluice_log_dropped_total (\d+)$/m.exec(text)?.[1]);
    };
    await expect.poll(dropped).toBeGreaterThanOrEqual(3);
  },
);

it('F59 a slow disk: no request waits for it unless that is asked for', async () => {
  const env = { LD_PRELOAD: slowFsync() };
  const models = { fast: { targets: [{ provider: 'sim', model: 'echo' }] } };
  await using gateway = await startGatewayProcess({ models }, { env });
  // At the same time, on the same machine.
  await using other = await startGatewayProcess({ models });
  const loads = [gateway, other].map(({ url, key }) => startLoad({ url, key, rate: 50 }));
  await sleep(5_000);
  const [calls = [], others = []] = await Promise.all(loads.map((load) => load.stop()));
  expect(calls.every(({ isWhole }) => isWhole)).toBe(true);
  const [slow, fast] = [calls, others].map((all) =>
    percentile(
      all.map(({ tookMs }) => tookMs),
      0.95,
    ),
  ) as [number, number];
  expect(slow - fast).toBeLessThan(SLOWER_BY_MS);

  await using synced = await startGatewayProcess({ models, ledger: { durability: 'sync' } }, { env });
  const { tookMs, busyMs } = await timed(() => ask(synced, 'fast'));
  expect(tookMs + busyMs).toBeGreaterThan(SLOWER_BY_MS);
});

it('F60 a database that another process has locked: 503 within seconds, and service as soon as it is free', async () => {
  await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } } });
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const other = new DatabaseSync(join(gateway.folder, '.sluice', 'sluice.db'));
  onTestFinished(() => other.close());
  other.exec('BEGIN EXCLUSIVE');
  const { value: refused, tookMs } = await timed(() => ask(gateway, 'sim/echo'));
  expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
    503,
    'storage_unavailable',
  ]);
  expect(tookMs).toBeLessThan(3_500);
  other.exec('ROLLBACK');
  expect((await ask(gateway, 'sim/echo')).status).toBe(200);
  await assertInvariants({ gateway });
});

it('F60 a database that another process holds for a moment: who wants a row waits, and nobody else', async () => {
  await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } } });
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const other = new DatabaseSync(join(gateway.folder, '.sluice', 'sluice.db'));
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const { value: answers, tookMs } = await timed(async () => {
    const waiting = [1, 2, 3].map(() => ask(gateway, 'sim/echo'));
    // Time and again, for one look might be between two that the ledger takes.
    for (let look = 0; look < 20; look += 1) {
      const { value: live, tookMs: lookMs } = await timed(() => fetch(`${gateway.url}/health/live`));
      expect([live.status, lookMs < 500]).toEqual([200, true]);
      await live.body?.cancel();
    }
    other.exec('ROLLBACK');
    return Promise.all(waiting);
  });
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(tookMs).toBeLessThan(2_000);
  await assertInvariants({ gateway });
});

it('F60 a database that another process holds for a moment: what is kept, signed in and changed meanwhile waits, and nobody else', async () => {
  await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } }, history: { bodies: 'all' } });
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const asking = (key: string) => ({
    ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json', origin: gateway.url },
  });
  const post = (path: string, key: string, body: object): Promise<Response> =>
    fetch(`${gateway.url}${path}`, { method: 'POST', headers: asking(key), body: JSON.stringify(body) });
  const respond = (model: string, more: object): Promise<Response> =>
    post('/v1/responses', gateway.key, { model, input: 'one two three four five six', ...more });
  const find = (id: string, method = 'GET'): Promise<Response> =>
    fetch(`${gateway.url}/v1/responses/${id}`, { method, headers: asking(gateway.key) });
  const earlier = (await (await respond('sim/echo', {})).json()) as { id: string };
  const stream = await respond('sim/pace-20', { stream: true });
  const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('response.output_text.delta')) text += (await reader.read()).value ?? '';
  const other = new DatabaseSync(join(gateway.folder, '.sluice', 'sluice.db'));
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  const waiting = [
    find(earlier.id, 'DELETE'),
    post('/admin/v1/keys', gateway.adminKey, { name: 'made meanwhile' }),
    post('/auth/session', gateway.adminKey, { key: gateway.adminKey }),
  ];
  // What was said is written a moment after the end of the stream; more looks might outlast what waits, on a busy machine.
  const looksMs: number[] = [];
  for (const untilMs = performance.now() + 300; performance.now() < untilMs && looksMs.length < 5; await sleep(60)) {
    const { value: live, tookMs } = await timed(() => fetch(`${gateway.url}/health/live`));
    expect(live.status).toBe(200);
    await live.body?.cancel();
    looksMs.push(tookMs);
  }
  const id = /"id":"(resp_[^"]+)"/.exec(text)?.[1] ?? '';
  expect((await find(id)).status).toBe(200);
  other.exec('ROLLBACK');
  expect(Math.min(...looksMs)).toBeLessThan(1_000);
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 201, 201]);
  expect([(await find(earlier.id)).status, (await respond('sim/echo', { previous_response_id: id })).status]).toEqual([
    404, 200,
  ]);
  const said = async (): Promise<unknown> => {
    const rows = await gateway.rows();
    const row = rows.find(({ model }) => model === 'pace-20');
    const answer = await fetch(`${gateway.url}/admin/v1/requests/${row?.id}`, {
      headers: asking(gateway.adminKey),
    });
    return ((await answer.json()) as { bodies?: string }).bodies;
  };
  await expect.poll(said).toBe('kept');
  await assertInvariants({ gateway });
});

/** How many requests have ended by what is in the file of the database, without its log. */
function settledInFile(folder: string): number {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const path = join(temporaryDir(), 'alone.db');
  copyFileSync(join(folder, '.sluice', 'sluice.db'), path);
  const database = new DatabaseSync(path);
  try {
    return Number(database.prepare('SELECT count(*) AS rows FROM ledger_settlements').get()?.['rows']);
  } finally {
    database.close();
  }
}

it('F60 a database whose log is deleted: requests go on, their rows are in its file within seconds, and none is lost', async () => {
  await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } } });
  const askOften = async (calls: number): Promise<readonly number[]> => {
    const answers = await Promise.all(Array.from({ length: calls }, () => ask(gateway, 'sim/echo')));
    return answers.map(({ status }) => status);
  };
  // So many rows that their log is copied into the database by a thread of its own.
  await askOften(60);
  const inFile = (): number => settledInFile(gateway.folder);
  await expect.poll(inFile, { timeout: 20_000, interval: 200 }).toBe(60);
  rmSync(join(gateway.folder, '.sluice', 'sluice.db-wal'));
  expect(new Set(await askOften(20))).toEqual(new Set([200]));
  await expect.poll(inFile, { timeout: 20_000, interval: 200 }).toBe(80);
  await gateway.sluice.stop('SIGKILL');
  await assertInvariantsAfter(gateway.sluice, gateway.folder);
  expect(readRows(gateway.folder).filter(({ settlement }) => settlement?.status === 200)).toHaveLength(80);
});

/** What the health of the providers and the log say of the database's log; nothing where all is well. */
async function faultOf(gateway: RemoteGateway & { readonly sluice: { readonly output: { stdout: string } } }) {
  const { ledger } = (await healthOf(gateway)) as unknown as { ledger: { state: string; fault?: string } };
  const { fault } = ledger;
  if (fault === undefined) return undefined;
  const lines = gateway.sluice.output.stdout.split('\n').filter((line) => line.includes(fault));
  return [ledger.state, fault.slice(0, 'the log of the database (-wal) was deleted'.length), lines.length];
}

it('F60 a quiet database whose log is deleted: that is told, requests go on, and no row is lost', async () => {
  await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } } });
  for (let call = 0; call < 5; call += 1) expect((await ask(gateway, 'sim/echo')).status).toBe(200);
  expect(await faultOf(gateway)).toBeUndefined();
  rmSync(join(gateway.folder, '.sluice', 'sluice.db-wal'));
  const told = ['degraded', 'the log of the database (-wal) was deleted', 1];
  await expect.poll(() => faultOf(gateway), { timeout: 20_000, interval: 100 }).toEqual(told);
  for (let call = 0; call < 5; call += 1) expect((await ask(gateway, 'sim/echo')).status).toBe(200);
  await expect.poll(() => settledInFile(gateway.folder), { timeout: 20_000, interval: 100 }).toBe(10);
  expect(await faultOf(gateway)).toEqual(told);
  await gateway.sluice.stop('SIGKILL');
  await assertInvariantsAfter(gateway.sluice, gateway.folder);
  expect(readRows(gateway.folder).filter(({ settlement }) => settlement?.status === 200)).toHaveLength(10);
});

it.each([
  ['its first page', 0, 'it is not an SQLite database; restore a backup or move it away'],
  ['its schema', 100, 'it is damaged; restore a backup or move it away'],
])(
  'F60 a database that has lost %s: no start, a line that says why, and the file as it was',
  async (_name, at, reason) => {
    const cwd = temporaryDir();
    const env = { SLUICE_ADMIN_KEY: ADMIN_KEY };
    const first = startProcess({ cwd, env });
    await first.listening();
    await first.stop();
    const path = join(cwd, '.sluice', 'sluice.db');
    const damaged = readFileSync(path).fill(0xa5, at, 4_096);
    writeFileSync(path, damaged);
    for (let start = 0; start < 2; start += 1) {
      await using sluice = startProcess({ cwd, env });
      expect(await sluice.exited).toBe(1);
      expect(sluice.output.stderr.trimEnd()).toMatch(
        new RegExp(`^sluice: The database .*sluice\\.db cannot be opened: ${reason}\\.$`),
      );
      expect(readFileSync(path).equals(damaged)).toBe(true);
    }
  },
);
