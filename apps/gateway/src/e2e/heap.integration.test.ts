import { setTimeout as sleep } from 'node:timers/promises';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';

const SHED_WITHIN_MS = 50;
/** Two megabytes, none of which can be left unread: no text is long. */
const LARGE = JSON.stringify({
  model: 'up/m',
  messages: Array.from({ length: 3_000 }, (_, turn) => ({
    role: 'user',
    content: `${turn} ${'one two three '.repeat(50)}`,
  })),
});
const SMALL = { model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }] };
const PATH = '/v1/chat/completions';

it('F48 a heap that is nearly full has what does not fit refused, and the process lives and serves on', async () => {
  const upstream = await fakeUpstream(reply().json({ data: [] }), reply().silence());
  onTestFinished(() => upstream.close());
  const up = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` };
  const env = { NODE_OPTIONS: '--max-old-space-size=160' };
  await using gateway = await startGatewayProcess({ providers: { up, sim: { kind: 'sim' } } }, { env });
  const leaving = new AbortController();
  const refused: { readonly answer: Response; readonly tookMs: number }[] = [];
  for (let sent = 0; sent < 150 && refused.length < 20; sent += 1) {
    const call = timed(() => gateway.call(PATH, LARGE, { signal: leaving.signal }));
    void call.then(
      ({ value: answer, tookMs }) => refused.push({ answer, tookMs }),
      () => undefined,
    );
    await Promise.race([call.catch(() => undefined), sleep(100)]);
  }
  const [first] = refused;
  expect([first?.answer.status, first?.answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await first?.answer.json()).toMatchObject({ error: { code: 'overloaded', type: 'overloaded_error' } });
  expect(Math.min(...refused.map(({ tookMs }) => tookMs))).toBeLessThan(SHED_WITHIN_MS);
  expect(await gateway.metrics()).toMatch(/^sluice_shed_requests_total [1-9]/m);
  expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);

  leaving.abort();
  const status = (): Promise<number> => gateway.call(PATH, SMALL).then((answer) => answer.status);
  await expect.poll(() => status().catch(String)).toBe(200);
  expect(gateway.sluice.output.stderr).toBe('');
});
