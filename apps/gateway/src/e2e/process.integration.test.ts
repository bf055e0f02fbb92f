import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { startSimulator } from '@sluice/simulator';
import { openSqliteStore } from '@sluice/store-sqlite';
import { timed } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { failure } from './__fixtures__/collect.js';
import { openaiClient, parseLines } from './__fixtures__/gateway.js';
import { assertInvariantsAfter, expectNoSecret } from './__fixtures__/invariants.js';
import { shell, startProcess } from './__fixtures__/process.js';

const HELLO = [{ role: 'user' as const, content: 'Hello there' }];
const KEY = /sk-sluice-(?!admin-)[\w-]{43}/;
const ADMIN_KEY = /sk-sluice-admin-[\w-]{43}/;
const found = (pattern: RegExp, text: string): string => pattern.exec(text)?.[0] ?? expect.fail(`no ${pattern}`);
const curlLineOf = (screen: string): string => found(/curl .+/, screen);
const logOf = (stdout: string): string => stdout.slice(stdout.indexOf('\n', stdout.indexOf('listening on ')) + 1);

describe('a start with no file and no keys', () => {
  it('prints a curl line that a shell can run, the first time and the second', async () => {
    const cwd = temporaryDir();
    const screens: string[] = [];
    for (const _start of [1, 2]) {
      await using sluice = startProcess({ cwd });
      await sluice.listening();
      const answer: unknown = JSON.parse(await shell(`${curlLineOf(sluice.output.stdout)} --silent`));
      expect(answer).toMatchObject({ choices: [{ message: { content: 'Hello!' } }] });
      screens.push(sluice.output.stdout);
      expect(await sluice.stop()).toBe(0);
    }
    const [first = '', second = ''] = screens;
    expect(found(KEY, second)).toBe(found(KEY, first));
    expect(first).toMatch(ADMIN_KEY);
    expect(second).not.toMatch(ADMIN_KEY);
  });

  it('shows and makes no key in production, and has no simulator', async () => {
    const cwd = temporaryDir();
    const adminKey = 'Qk3vR8sTzW1xY5bN7mJ2hG4fD6cL9pAe';
    await using sluice = startProcess({ cwd, env: { NODE_ENV: 'production', SLUICE_ADMIN_KEY: adminKey } });
    const url = await sluice.listening();
    expect(sluice.output.stdout).not.toMatch(/sk-sluice-[\w-]{20}/);
    const operator = openaiClient(url, adminKey);
    expect((await operator.models.list()).data).toEqual([]);
    await expect(operator.chat.completions.create({ model: 'sim/echo', messages: HELLO })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('takes a provider from its usual variables', async () => {
    await using simulator = await startSimulator();
    const env = { OPENAI_API_KEY: 'sk-upstream-canary', OPENAI_BASE_URL: `${simulator.url}/v1` };
    await using sluice = startProcess({ cwd: temporaryDir(), env });
    const url = await sluice.listening();
    const client = openaiClient(url, found(KEY, sluice.output.stdout));
    const answer = await client.chat.completions.create({ model: 'openai/echo', messages: HELLO });
    expect(answer.choices[0]?.message.content).toBe('Hello there');
    expect(simulator.requests.at(-1)?.headers.authorization).toBe('Bearer sk-upstream-canary');
    expect(sluice.output.stdout).not.toContain('sk-upstream-canary');
  });
});

describe('a start with a faulty file', () => {
  it('ends with 1 and a line for every problem of every sort', async () => {
    const cwd = temporaryDir();
    const yaml = `
server: { bodyLimitBytes: big }
providers: { a: { kind: openai, apiKey: { env: NOT_SET } }, b: { kind: none } }
models: { fast: { targets: [{ provider: c, model: m }] } }
unknown: 1
`;
    writeFileSync(join(cwd, 'sluice.yaml'), yaml);
    await using sluice = startProcess({ cwd });
    expect(await sluice.exited).toBe(1);
    const lines = sluice.output.stderr.trimEnd().split('\n');
    expect(lines.map((line) => /^config error at ([^:]+): ./.exec(line)?.[1]).toSorted()).toEqual([
      'models.fast.targets[0].provider',
      'providers.a.apiKey',
      'providers.b.kind',
      'server.bodyLimitBytes',
      'unknown',
    ]);
    expect(sluice.output.stdout).toBe('');
  });
});

describe('the log and the data directory', () => {
  const CANARY = 'the quick brown canary';

  it('hold one line of JSON for each request, and neither its content nor its keys', async () => {
    const cwd = temporaryDir();
    await using sluice = startProcess({ cwd });
    const url = await sluice.listening();
    const key = found(KEY, sluice.output.stdout);
    const client = openaiClient(url, key);
    const messages = [{ role: 'user' as const, content: CANARY }];
    await client.chat.completions.create({ model: 'sim/echo', messages });
    await client.chat.completions.stream({ model: 'sim/echo', messages }).done();
    await client.chat.completions.create({ model: 'sim/error-500', messages }).catch(() => undefined);
    await openaiClient(url, 'sk-sluice-wrong')
      .models.list()
      .catch(() => undefined);
    await sluice.stop();

    const log = logOf(sluice.output.stdout);
    expect(parseLines(log).map(({ route, status, errorCode }) => [route, status, errorCode])).toEqual([
      ['/v1/chat/completions', 200, undefined],
      ['/v1/chat/completions', 200, undefined],
      ['/v1/chat/completions', 502, 'upstream_invalid_response'],
      ['/v1/models', 401, 'invalid_api_key'],
    ]);
    expect(parseLines(log)[1]).toEqual({
      time: expect.any(Number),
      level: 'info',
      msg: 'request',
      requestId: expect.stringMatching(/^req_/),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      tenant: 'default',
      key: 'development',
      model: 'echo',
      provider: 'sim',
      route: '/v1/chat/completions',
      attempts: 1,
      status: 200,
      inputTokens: 6,
      outputTokens: 6,
      cachedTokens: 0,
      firstTokenMs: expect.any(Number),
      durationMs: expect.any(Number),
      overheadMs: expect.any(Number),
    });

    const folder = join(cwd, '.sluice');
    const files = readdirSync(folder).filter((name) => name !== 'secrets.json');
    expect(files).toContain('sluice.db');
    const kept = [log, sluice.output.stderr, ...files.map((name) => readFileSync(join(folder, name), 'latin1'))].join();
    const secrets = [CANARY, key, found(ADMIN_KEY, sluice.output.stdout)];
    expect(secrets.filter((secret) => kept.includes(secret.slice(-20)))).toEqual([]);
    expect(readdirSync(cwd)).toEqual(['.sluice']);
  });
});

describe('SIGTERM to a process that streams', () => {
  it('makes it not ready, lets the stream end whole, and ends it with 0', async () => {
    await using sluice = startProcess({ cwd: temporaryDir() });
    const url = await sluice.listening();
    const client = openaiClient(url, found(KEY, sluice.output.stdout));
    const words = 'one two three four '.repeat(4);
    const stream = client.chat.completions.stream({
      model: 'sim/pace-60',
      messages: [{ role: 'user', content: words }],
    });
    // A connection from before, as a load balancer's health check has one.
    const agent = new Agent({ keepAlive: true });
    expect(await readiness(url, agent)).toEqual({ status: 200, connection: 'keep-alive' });
    await new Promise((resolve) => void stream.once('content', resolve));
    const exited = sluice.stop();
    await expect.poll(() => readiness(url, agent), { interval: 10 }).toEqual({ status: 503, connection: 'close' });
    expect(await stream.finalContent()).toBe(words);
    expect(await exited).toBe(0);
    expect(parseLines(logOf(sluice.output.stdout))).toMatchObject([{ status: 200, model: 'pace-60' }]);
  });

  it('ends an idle one with 0, and with nothing in its error output', async () => {
    await using sluice = startProcess({ cwd: temporaryDir() });
    await sluice.listening();
    expect([await sluice.stop('SIGINT'), sluice.output.stderr]).toEqual([0, '']);
  });
});

describe('a second SIGTERM (F39)', () => {
  it('ends it with 1 though a stream goes on, and leaves no row open', async () => {
    const cwd = temporaryDir();
    await using sluice = startProcess({ cwd });
    const client = openaiClient(await sluice.listening(), found(KEY, sluice.output.stdout));
    const stream = client.chat.completions.stream({ model: 'sim/stall-3', messages: HELLO });
    const ended = failure(stream.done());
    await stream.emitted('connect');
    void sluice.stop();
    // Two signals within a quarter of a second are taken for one.
    await new Promise((resolve) => void setTimeout(resolve, 400));
    const { value: code, tookMs } = await timed(() => sluice.stop());
    expect([code, tookMs < 2_000]).toEqual([1, true]);
    expect(await ended).toMatchObject({ code: 'draining' });
    const store = openSqliteStore({ path: join(cwd, '.sluice', 'sluice.db') });
    onTestFinished(() => store.close());
    expect(store.ledger.page({ limit: 10 }).rows).toMatchObject([{ settlement: { errorCode: 'draining' } }]);
    const secrets = [KEY, ADMIN_KEY].map((key) => found(key, sluice.output.stdout));
    expectNoSecret({ secrets, folder: cwd, logText: () => sluice.output.stderr });
    await assertInvariantsAfter(sluice, cwd);
  });
});

interface Readiness {
  readonly status: number | undefined;
  readonly connection: string | undefined;
}

function readiness(url: string, agent: Agent): Promise<Readiness> {
  return new Promise((resolve, reject) => {
    const req = request(`${url}/health/ready`, { agent }, (res) => {
      res.resume();
      res.once('end', () => resolve({ status: res.statusCode, connection: res.headers.connection }));
    });
    req.once('error', reject);
    req.end();
  });
}
