import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '@sluice/simulator';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const BASE_MS = 150;
const PER_SECOND = 30;

const [a, b] = await Promise.all([startSimulator(), startSimulator()]);
const gateway = await startGateway({
  providers: {
    a: { kind: 'openai', baseUrl: `${a.url}/v1` },
    b: { kind: 'openai', baseUrl: `${b.url}/v1` },
  },
  models: {
    fast: {
      strategy: 'least-latency',
      targets: [
        { provider: 'a', model: 'echo' },
        { provider: 'b', model: 'echo' },
      ],
    },
  },
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([a.close(), b.close()]);
});

async function answerAfter(url: string, ms: number): Promise<void> {
  const faults = [{ fault: { kind: 'slow-headers', ms } }];
  const { status } = await fetch(`${url}/sim/v1/faults`, { method: 'PUT', body: JSON.stringify({ faults }) });
  if (status >= 300) throw new Error(`The simulator answered ${status}.`);
}

interface Seen {
  readonly provider: string | null;
  readonly tookMs: number;
}

/** Streams at a steady rate for so long; how long each waited for its head, which goes out with the first token. */
async function send(seconds: number): Promise<readonly Seen[]> {
  const calls: Promise<Seen>[] = [];
  for (let sent = 0; sent < seconds * PER_SECOND; sent += 1) {
    calls.push(one());
    await sleep(1_000 / PER_SECOND);
  }
  return Promise.all(calls);
}

async function one(): Promise<Seen> {
  const beganMs = performance.now();
  const body = { model: 'fast', stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const response = await gateway.call('/v1/chat/completions', body);
  const tookMs = performance.now() - beganMs;
  await response.text();
  return { provider: response.headers.get('x-sluice-provider'), tookMs };
}

function p95(calls: readonly Seen[]): number {
  return calls.map(({ tookMs }) => tookMs).toSorted((x, y) => x - y)[Math.floor(calls.length * 0.95)] ?? 0;
}
const shareOfA = (calls: readonly Seen[]): number =>
  calls.filter(({ provider }) => provider === 'a').length / calls.length;

describe('least-latency in front of a target that becomes ten times slower (F16)', () => {
  it('gives it less than a tenth of the requests, and most callers notice nothing', { timeout: 30_000 }, async () => {
    await Promise.all([answerAfter(a.url, BASE_MS), answerAfter(b.url, BASE_MS)]);
    const before = await send(2);
    expect(shareOfA(before)).toBeGreaterThan(0.15);
    await answerAfter(a.url, BASE_MS * 10);
    const during = await send(6);
    expect(shareOfA(during)).toBeLessThan(0.1);
    expect(p95([...before, ...during])).toBeLessThan(2 * p95(before));
  });

  it('is explained by what was measured', async () => {
    const response = await fetch(`${gateway.url}/admin/v1/explain`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: { model: 'fast', stream: true, messages: [{ role: 'user', content: 'hi' }] } }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      alias: 'fast',
      error: null,
      candidates: [
        {
          position: 1,
          reason: expect.stringMatching(/^First token expected after \d+ ms/) as string,
          circuit: 'closed',
        },
        { position: 2, reason: expect.stringMatching(/^First token expected after \d+ ms/) as string },
      ],
    });
  });
});
