import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { shell } from './__fixtures__/process.js';

const THROWS = new URL('__fixtures__/throws-on-demand.mjs', import.meta.url).href;
const HELLO = [{ role: 'user' as const, content: 'Hello there' }];
const WORDS = 'one two three four '.repeat(4);

async function metricOf(gateway: ProcessGateway, name: string): Promise<number | undefined> {
  const value = new RegExp(`^${name}(?:{.*})? (.+)$`, 'm').exec(await gateway.metrics())?.[1];
  return value === undefined ? undefined : Number(value);
}

async function silentUpstream(): Promise<string> {
  const upstream = await fakeUpstream(reply().silence());
  onTestFinished(() => upstream.close());
  return upstream.url;
}

const at = (baseUrl: string, timeouts = {}) => ({ kind: 'openai-compatible', baseUrl, timeouts });

describe('an error that nothing has caught (F49)', () => {
  it('is a 500 of its request alone where a promise was rejected', async () => {
    const upstream = await silentUpstream();
    const providers = { sim: { kind: 'sim' }, bad: at(`${upstream}/reject/v1`) };
    await using gateway = await startGatewayProcess({ providers }, { preload: [THROWS] });
    const stream = gateway.openai.chat.completions.stream({
      model: 'sim/pace-60',
      messages: [{ role: 'user', content: WORDS }],
    });
    const bad = gateway.openai.chat.completions.create({ model: 'bad/m', messages: HELLO });
    await expect(bad).rejects.toMatchObject({ status: 500, code: 'internal_error' });
    expect(await stream.finalContent()).toBe(WORDS);
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    expect(await metricOf(gateway, 'sluice_uncaught_errors_total')).toBeGreaterThan(0);
    await assertInvariants({ gateway, uncaught: 1 });
  });

  it('is a 500 of its request, and the end of the process once the others are done, where something was thrown', async () => {
    const upstream = await silentUpstream();
    const providers = { sim: { kind: 'sim' }, bad: at(`${upstream}/throw/v1`) };
    await using gateway = await startGatewayProcess({ providers }, { preload: [THROWS] });
    const stream = gateway.openai.chat.completions.stream({
      model: 'sim/pace-60',
      messages: [{ role: 'user', content: WORDS }],
    });
    await new Promise((resolve) => void stream.once('content', resolve));
    const bad = gateway.openai.chat.completions.create({ model: 'bad/m', messages: HELLO });
    await expect(bad).rejects.toMatchObject({ status: 500, code: 'internal_error' });
    expect(await stream.finalContent()).toBe(WORDS);
    expect(await gateway.sluice.exited).toBe(1);
    expect(gateway.sluice.output.stdout).toContain('thrown in a timer');
  });
});

describe('a process that was stopped for two seconds (F47)', () => {
  it('holds none of it against its providers', async () => {
    const answer = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    };
    const upstream = await fakeUpstream(reply().json({ data: [] }), reply().delay(700).json(answer));
    onTestFinished(() => upstream.close());
    const providers = { up: at(`${upstream.url}/v1`, { firstTokenMs: 1_000 }) };
    const retries = { max: 0, sameTarget: 0 };
    await using gateway = await startGatewayProcess({
      providers,
      models: { fast: { targets: [{ provider: 'up', model: 'm' }], retries } },
    });
    await upstream.received(1, 5_000);
    const calls = Array.from({ length: 10 }, () =>
      gateway.openai.chat.completions.create({ model: 'fast', messages: HELLO }),
    );
    await upstream.received(11, 5_000);
    gateway.sluice.signal('SIGSTOP');
    await sleep(2_000);
    gateway.sluice.signal('SIGCONT');
    const { tookMs } = await timed(() => fetch(`${gateway.url}/health/live`));
    expect(tookMs).toBeLessThan(1_000);
    const answers = await Promise.all(calls);
    expect(answers.map(({ choices }) => choices[0]?.message.content)).toEqual(answers.map(() => 'Hi'));
    expect(await metricOf(gateway, 'sluice_breaker_state')).toBeUndefined();
    await assertInvariants({ gateway, upstreams: [upstream] });
  });
});

describe('a process that may open no further file (F67)', () => {
  function connectTo(url: string): Socket {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    return socket;
  }

  it('lets streams go on, and serves again as soon as it can', async () => {
    await using gateway = await startGatewayProcess({ providers: { sim: { kind: 'sim' } } });
    await gateway.openai.chat.completions.create({ model: 'sim/echo', messages: HELLO });
    const stream = gateway.openai.chat.completions.stream({
      model: 'sim/pace-60',
      messages: [{ role: 'user', content: WORDS }],
    });
    await new Promise((resolve) => void stream.once('content', resolve));
    const { pid } = gateway.sluice;
    const open = Number(await shell(`ls /proc/${pid}/fd | wc -l`));
    await shell(`prlimit --pid ${pid} --nofile=${open + 5}:4096`);
    const sockets = Array.from({ length: 50 }, () => connectTo(gateway.url));
    expect(await stream.finalContent()).toBe(WORDS);
    for (const socket of sockets) socket.destroy();
    const again = async (): Promise<string | null | undefined> => {
      const { choices } = await gateway.openai.chat.completions.create({ model: 'sim/echo', messages: HELLO });
      return choices[0]?.message.content;
    };
    await expect.poll(() => again().catch(String), { interval: 20 }).toBe('Hello there');
    expect(gateway.sluice.output.stderr).toBe('');
    await assertInvariants({ gateway });
  });
});
