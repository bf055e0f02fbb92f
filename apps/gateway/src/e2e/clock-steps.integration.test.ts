import { setTimeout as sleep } from 'node:timers/promises';
import { timed } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { startProvider } from './__fixtures__/provider-process.js';

const PRELOAD = new URL('__fixtures__/steps-its-clock.mjs', import.meta.url).href;
const RECOVERED_WITHIN_MS = 1_000;
const PER_MINUTE = 6;

const chat = (content: string, more = {}): object => ({
  model: 'fast',
  messages: [{ role: 'user', content }],
  ...more,
});

it('a wall clock that steps back an hour, forward an hour and 400 days moves no circuit, limit or timeout (F45)', async () => {
  let a = await startProvider();
  await using b = await startProvider();
  await using gateway = await startGatewayProcess(
    {
      providers: {
        a: { kind: 'openai-compatible', baseUrl: `${a.url}/v1` },
        b: { kind: 'openai-compatible', baseUrl: `${b.url}/v1` },
      },
      models: {
        fast: {
          targets: [
            { provider: 'a', model: 'm' },
            { provider: 'b', model: 'm' },
          ],
          timeouts: { firstTokenMs: 2_000, idleMs: 2_000 },
        },
      },
    },
    { preload: [PRELOAD] },
  );
  const limited = await gateway.createKey({ name: 'limited', limits: { requestsPerMinute: PER_MINUTE } });
  const headers = { authorization: `Bearer ${limited}`, 'content-type': 'application/json' };
  const askLimited = (): Promise<Response> => gateway.call('/v1/chat/completions', chat('Hi'), { headers });
  const providerOf = async (): Promise<string | null> =>
    (await gateway.call('/v1/chat/completions', chat('Hi'))).headers.get('x-sluice-provider');

  for (const step of ['an hour back', 'an hour on', '400 days on']) {
    const stream = gateway.call('/v1/chat/completions', chat('tokens=20 everyMs=50', { model: 'b/m', stream: true }));
    // One that fails soon after its return is left out for longer.
    await sleep(600);
    await a.kill();
    for (let i = 0; i < 3; i += 1) expect(await providerOf()).toBe('b');
    gateway.sluice.signal('SIGWINCH');
    a = await startProvider(a.port);
    const { tookMs } = await timed(() => expect.poll(providerOf, { interval: 20 }).toBe('a'));
    expect([step, tookMs < RECOVERED_WITHIN_MS]).toEqual([step, true]);
    expect(await (await stream).text()).toMatch(/data: \[DONE\]\n\n$/);
    for (let i = 0; i < PER_MINUTE / 3; i += 1) expect([step, (await askLimited()).status]).toEqual([step, 200]);
  }
  const refused = await askLimited();
  expect([refused.status, Number(refused.headers.get('retry-after')) <= 60]).toEqual([429, true]);
  const started = (await gateway.rows()).map(({ startedAt }) => Date.parse(startedAt));
  expect((Math.max(...started) - Math.min(...started)) / 86_400_000).toBeGreaterThan(400);
  await assertInvariants({ gateway });
});
