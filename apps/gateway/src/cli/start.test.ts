import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '@sluice/store-sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import type { CapturedContext } from '../__fixtures__/cli.js';
import type { Served } from '../serve.js';
import type { Launch } from './launch.js';
import { createStartCommand } from './start.js';

/** A gateway of which nothing is left to do. */
function served(change: Partial<Served>): Served {
  const nothing = () => Promise.resolve();
  const still = { reload: nothing, drain: nothing, leave: nothing, close: nothing, confine: () => undefined };
  return { url: 'http://127.0.0.1:1', drainTimeoutMs: 30_000, ...still, ...change };
}

/** A server that answers nothing and listens for real. */
async function listenForReal(host: string, port: number): Promise<Served> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port }, resolve);
  });
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  onTestFinished(close);
  const { port: taken } = server.address() as AddressInfo;
  return served({ url: `http://${host}:${taken}`, close });
}

const launch: Launch = ({ config: { server } }) => listenForReal(server.host, server.port);

/** Starts on a free port; `stop` sends the signal that ends it. */
async function start(context: CapturedContext, options: { launch?: Launch; argv?: readonly string[] } = {}) {
  const commands = [createStartCommand(options.launch ?? launch)];
  const earlier = context.written.stdout.length;
  const run = cli(['start', '--port', '0', ...(options.argv ?? [])], context, commands);
  await expect.poll(() => context.written.stdout.slice(earlier)).toContain('listening on ');
  return { run, stop: (signal = 'SIGTERM') => context.signals.emit(signal) };
}

async function startAndStop(context: CapturedContext, argv: readonly string[] = []) {
  const { run, stop } = await start(context, { argv });
  stop();
  return run;
}

const developmentKeyIn = (screen: string) => /Bearer (sk-sluice-[\w-]{43})"/.exec(screen)?.[1];

describe('sluice start', () => {
  it('ends its screen with the line that scripts wait for', async () => {
    const { code, stdout, stderr } = await startAndStop(capturedContext());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\n\nlistening on http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('shows the same ready key at every start, and the admin key at the first', async () => {
    const context = capturedContext();
    const first = await startAndStop(context);
    const second = await startAndStop(context);
    expect(developmentKeyIn(first.stdout)).toBeDefined();
    expect(developmentKeyIn(second.stdout)).toBe(developmentKeyIn(first.stdout));
    expect(first.stdout).toMatch(/sk-sluice-admin-[\w-]{43}\n/);
    expect(second.stdout).not.toContain('sk-sluice-admin-');
    expect(second.stdout).toContain('.sluice/secrets.json');
  });

  it('shows the admin key when the start before failed', async () => {
    const context = capturedContext();
    await cli(['start'], context, [createStartCommand(() => Promise.reject(new Error('The port is taken.')))]);
    expect((await startAndStop(context)).stdout).toMatch(/sk-sluice-admin-[\w-]{43}\n/);
  });

  it('makes a new ready key when the old one was revoked', async () => {
    const context = capturedContext();
    const first = await startAndStop(context);
    const store = openSqliteStore({ path: join(context.cwd, '.sluice', 'sluice.db') });
    for (const { id } of store.keys.list()) store.keys.revoke(id, 1);
    store.close();
    const second = await startAndStop(context);
    expect(developmentKeyIn(second.stdout)).not.toBe(developmentKeyIn(first.stdout));
  });

  it('shows and makes no key in production', async () => {
    const context = capturedContext({ env: { NODE_ENV: 'production' } });
    const { stdout } = await startAndStop(context);
    expect(stdout).not.toMatch(/sk-sluice-[\w-]{43}/);
    expect(stdout).toContain('Bearer $SLUICE_KEY');
    expect(readFileSync(join(context.cwd, '.sluice', 'secrets.json'), 'utf8')).not.toContain('developmentKey');
  });

  it('shows where to call a gateway that listens everywhere', async () => {
    const { stdout } = await startAndStop(capturedContext(), ['--host', '0.0.0.0']);
    expect(stdout).toMatch(/curl http:\/\/127\.0\.0\.1:\d+\//);
    expect(stdout).toMatch(/listening on http:\/\/0\.0\.0\.0:\d+\n$/);
  });

  it('shows no credentials of a base URL, and the alias of the file', async () => {
    const context = capturedContext({ env: { NODE_ENV: 'production', UPSTREAM: 'sk-upstream' } });
    const yaml = `
providers: {own: {kind: anthropic, baseUrl: "http://127.0.0.1:9/?token=hidden", apiKey: {env: UPSTREAM}}}
models: {fast: {targets: [{provider: own, model: small}]}}
`;
    writeFileSync(join(context.cwd, 'sluice.yaml'), yaml);
    const { stdout } = await startAndStop(context);
    expect(stdout).toContain('configured, http://127.0.0.1:9\n');
    expect(stdout).toContain('fast           -> own/small');
    expect(stdout).toContain('"model":"fast"');
    expect(stdout).not.toMatch(/hidden|sk-upstream/);
  });

  it('says it all in one line of JSON when asked to', async () => {
    const { stdout } = await startAndStop(capturedContext(), ['--json']);
    const facts = JSON.parse(stdout) as { msg: string; developmentKey: string };
    expect(facts.msg).toMatch(/^listening on http:/);
    expect(facts.developmentKey).toMatch(/^sk-sluice-/);
  });

  it('colours the screen on a terminal, unless NO_COLOR is set', async () => {
    const onTerminal = (env: Record<string, string>) => {
      const context = capturedContext({ env });
      return { ...context, stdout: { ...context.stdout, isTTY: true } };
    };
    expect((await startAndStop(onTerminal({}))).stdout).toContain('\u001b[1mSluice');
    expect((await startAndStop(onTerminal({ NO_COLOR: '1' }))).stdout).not.toContain('\u001b');
  });

  it('starts nothing on a bad configuration', async () => {
    const context = capturedContext({ env: { SLUICE_PORT: '80a' } });
    const { code, stdout, stderr } = await cli(['start'], context, [createStartCommand(launch)]);
    expect([code, stdout, stderr]).toEqual([1, '', 'config error at SLUICE_PORT: expected a port from 0 to 65535\n']);
  });

  it('says in one line that its port is taken', async () => {
    const other = await listenForReal('127.0.0.1', 0);
    const { port } = new URL(other.url);
    const { code, stdout, stderr } = await cli(['start', '--port', port], capturedContext(), [
      createStartCommand(launch),
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`sluice: Cannot listen on 127.0.0.1 port ${port}: it is in use; choose another with --port.\n`);
  });

  it('says what else kept it from starting', async () => {
    const broken: Launch = () => Promise.reject(new Error('The database is damaged.'));
    const { code, stderr } = await cli(['start'], capturedContext(), [createStartCommand(broken)]);
    expect([code, stderr]).toEqual([1, 'sluice: The database is damaged.\n']);
  });
});

describe('a signal to a running gateway', () => {
  it.each(['SIGTERM', 'SIGINT'])('%s lets requests in flight finish before the gateway closes', async (signal) => {
    const inFlight = Promise.withResolvers<void>();
    const order: string[] = [];
    const { run, stop } = await start(capturedContext(), {
      launch: async () =>
        served({
          drain: async () => {
            await inFlight.promise;
            order.push('drained');
          },
          close: async () => void order.push('closed'),
        }),
    });
    stop(signal);
    inFlight.resolve();
    expect([(await run).code, order]).toEqual([0, ['drained', 'closed']]);
  });

  it('ends the wait for requests that do not finish in time', async () => {
    const closed = vi.fn(async () => undefined);
    const forever = new Promise<void>(() => undefined);
    const { run, stop } = await start(capturedContext(), {
      launch: async () => served({ drainTimeoutMs: 0, drain: () => forever, close: closed }),
    });
    stop();
    expect([(await run).code, closed.mock.calls.length]).toEqual([0, 1]);
  });

  it('fails when the gateway cannot be closed', async () => {
    const { run, stop } = await start(capturedContext(), {
      launch: async () => served({ close: () => Promise.reject(new Error('The disk is full.')) }),
    });
    stop();
    expect(await run).toMatchObject({ code: 1, stderr: 'sluice: The disk is full.\n' });
  });
});
