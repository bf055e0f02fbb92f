import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, timed } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { startGateway, startGatewayProcess } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { blackHole, startProvider } from './__fixtures__/provider-process.js';
import { startTraffic } from './__fixtures__/traffic.js';
import { saying } from './__fixtures__/upstream-set.js';

/** The alias `fast` has these in order. */
function configOver(urls: readonly string[], timeouts = {}): GatewayConfig {
  return {
    providers: Object.fromEntries(urls.map((url, i) => [`p${i}`, { kind: 'openai-compatible', baseUrl: `${url}/v1` }])),
    models: { fast: { targets: urls.map((_, i) => ({ provider: `p${i}`, model: 'm' })), timeouts } },
  };
}

function gatewayOver(urls: readonly string[], timeouts = {}): Promise<TestGateway> {
  return startGateway(configOver(urls, timeouts));
}

const chat = (content: string, more = {}): object => ({
  model: 'fast',
  messages: [{ role: 'user', content }],
  ...more,
});

describe('one of three providers that is killed with streams in flight (F2)', () => {
  it('fails those streams alone, each with one error and no end', async () => {
    await using a = await startProvider();
    await using b = await startProvider();
    await using c = await startProvider();
    await using gateway = await gatewayOver([a.url, b.url, c.url]);
    const stream = (content: string): Promise<Response> =>
      gateway.call('/v1/chat/completions', chat(content, { stream: true }));
    // A head goes out with the first token.
    const begun = await Promise.all(Array.from({ length: 20 }, () => stream('tokens=200 everyMs=50')));
    const notBegun = Array.from({ length: 10 }, () => stream('firstMs=1000 tokens=3'));
    const traffic = startTraffic({ url: gateway.url, key: gateway.key, rate: 100, model: 'fast', streamEvery: 10_000 });
    await sleep(300);
    const answeredBefore = traffic.answered;
    const { value: broken, tookMs } = await timed(async () => {
      await a.kill();
      return Promise.all(begun.map((answer) => answer.text()));
    });
    expect(broken.map((text) => [text.split('"error":').length - 1, text.includes('[DONE]')])).toEqual(
      broken.map(() => [1, false]),
    );
    expect(broken.every((text) => text.includes('upstream_truncated'))).toBe(true);
    expect(tookMs).toBeLessThan(100);
    const later = await Promise.all(notBegun.map(async (answer) => (await answer).text()));
    expect(later.every((text) => text.endsWith('data: [DONE]\n\n'))).toBe(true);
    await expect.poll(() => traffic.answered - answeredBefore).toBeGreaterThan(50);
    expect((await traffic.stop()).failures).toEqual([]);
    const failed = (await gateway.rows()).filter(({ errorCode }) => errorCode !== null);
    expect(failed).toHaveLength(broken.length);
    expect(failed.every(({ outputTokens }) => (outputTokens ?? 0) > 0)).toBe(true);
    await assertInvariants({ gateway });
  });
});

describe('a provider to which packets vanish (F6)', () => {
  const CONNECT_MS = 1_000;
  const SYN_SENT = '02';

  /** Connections of this process to a port that nobody has answered. */
  function unanswered(port: number): number {
    const remote = new RegExp(
      `^\\s*\\d+: \\S+ \\S+:${port.toString(16).toUpperCase().padStart(4, '0')} ${SYN_SENT} `,
      'gm',
    );
    return readFileSync('/proc/self/net/tcp', 'utf8').match(remote)?.length ?? 0;
  }

  it('costs its connect timeout once, and is left alone from then on', async () => {
    await using hole = await blackHole();
    await using b = await startProvider();
    const before = unanswered(hole.port);
    await using gateway = await gatewayOver([hole.url, b.url], { connectMs: CONNECT_MS });
    const ask = async (): Promise<string | null> =>
      (await gateway.call('/v1/chat/completions', chat('Hi'))).headers.get('x-sluice-attempts');
    const first = await timed(() => Promise.all(Array.from({ length: 10 }, ask)));
    expect(first.value).toEqual(first.value.map(() => '2'));
    expect(first.tookMs + first.busyMs).toBeGreaterThan(CONNECT_MS * 0.9);
    expect(first.tookMs).toBeLessThan(CONNECT_MS + 100);
    const later = await timed(() => Promise.all(Array.from({ length: 10 }, ask)));
    expect(later.value).toEqual(later.value.map(() => '1'));
    expect(later.tookMs).toBeLessThan(100);
    await assertInvariants({ gateway });
    await expect.poll(() => unanswered(hole.port)).toBe(before);
  });
});

describe('a provider whose name does not lead to it (F17)', () => {
  const PRELOAD = new URL('__fixtures__/answers-names.mjs', import.meta.url).href;

  it.each([
    ['does not exist', 'nobody.test'],
    ['has no address', 'empty.test'],
    ['led elsewhere before and leads to this machine now', 'moves.test'],
  ])('costs next to nothing where it %s, and is a 502 where it is the last one', async (_what, name) => {
    await using b = await startProvider();
    await using here = await fakeUpstream(saying('local secret'));
    const config = configOver([`http://${name}:${here.port}`, b.url], { connectMs: 300 });
    await using gateway = await startGatewayProcess(config, { preload: [PRELOAD] });
    const { value: answer, tookMs } = await timed(() => gateway.call('/v1/chat/completions', chat('Hi')));
    expect([answer.status, answer.headers.get('x-sluice-provider'), tookMs < 1_000]).toEqual([200, 'p1', true]);
    const alone = await gateway.call('/v1/chat/completions', { ...chat('Hi'), model: 'p0/m' });
    expect([alone.status, await alone.json()]).toMatchObject([502, { error: { code: 'upstream_connection_error' } }]);
    expect(here.acceptedConnections).toBe(0);
    await assertInvariants({ gateway });
  });
});
