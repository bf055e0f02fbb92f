import { describe, expect, it } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import { closedLoop, openLoop, quantile, withLoopDelay } from './__fixtures__/open-loop.js';
import type { Caller, Outcome } from './__fixtures__/open-loop.js';
import { faultsOf, gatewayDelayMs, startOverloaded } from './__fixtures__/overloaded.js';
import { startSlowUpstream } from './__fixtures__/slow-upstream.js';

describe('twice as much as a provider can do (F65)', () => {
  it(
    'is half done and half refused at once, with probes and operators served, and over when it is over',
    { timeout: 30_000 },
    async () => {
      await using overloaded = await startOverloaded();
      const { peak, upstream } = overloaded;
      const forMs = 4_000;
      const seen = await overloaded.run(forMs);
      expect(faultsOf(seen, { peak, forMs })).toEqual([]);
      expect(upstream.peak).toBeLessThanOrEqual(15);
      expect(await overloaded.recovery()).toBeLessThan(2_000);
      expect(upstream.inFlight).toBe(0);
    },
  );
});

describe('a provider that takes 10 calls, and 200 that want one (F64)', () => {
  it(
    'has them wait in a bounded line, sends some to the next provider, and refuses the rest',
    { timeout: 20_000 },
    async () => {
      await using first = await startSlowUpstream(100);
      await using second = await startSlowUpstream(100);
      const bounded = (url: string) => ({ kind: 'openai-compatible', baseUrl: url, maxConcurrent: 10 });
      await using gateway = await startGatewayProcess({
        providers: { first: bounded(first.url), second: bounded(second.url) },
        models: {
          fast: {
            targets: [
              { provider: 'first', model: 'm' },
              { provider: 'second', model: 'm' },
            ],
          },
        },
      });
      const keys = await Promise.all(['a', 'b', 'c', 'd'].map((name) => gateway.createKey({ name })));
      const at = { url: gateway.url, model: 'fast' };
      // A gateway that has just begun is slow.
      await closedLoop(at, { key: gateway.key, callers: 20 }, 700);
      // Within some milliseconds, the greedy one first.
      const wants = [140, 20, 20, 20];
      const callers: Caller[] = keys.flatMap((key, at) =>
        Array.from({ length: wants[at] as number }, () => ({ key, rate: 1 })),
      );
      const outcomes = await openLoop(at, callers, 1);
      expect([first.peak, second.peak]).toEqual([10, 10]);
      const served = outcomes.filter(({ status }) => status === 200);
      const refused = outcomes.filter(({ status }) => status !== 200);
      expect(served.length + refused.length).toBe(200);
      // 10 at once and 20 in line, at each.
      expect(served.length).toBeGreaterThanOrEqual(60);
      expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['503 overloaded']));
      expect(refused.every(({ retryAfter }) => retryAfter >= 1)).toBe(true);
      const keyOf = ({ caller }: Outcome): number => keys.indexOf((callers[caller] as Caller).key);
      for (const key of keys.keys()) {
        const own = served.filter((one) => keyOf(one) === key).length;
        // Its share of 20 places and 40 in line, less a fifth.
        expect(own).toBeGreaterThanOrEqual((0.8 * 60) / keys.length);
      }
    },
  );
});

describe('a key that asks for ten times its share (G31)', () => {
  it('costs the others neither answers nor twice their time', { timeout: 30_000 }, async () => {
    await using upstream = await startSlowUpstream(200);
    await using gateway = await startGatewayProcess({
      providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url, maxConcurrent: 10 } },
      telemetry: { logs: { level: 'silent' } },
    });
    // Five keys share 50 calls a second; four of them want half of what is theirs.
    const modest: Caller[] = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => ({ key: await gateway.createKey({ name }), rate: 5 })),
    );
    const flood: Caller = { key: await gateway.createKey({ name: 'flood' }), rate: 100 };
    const at = { url: gateway.url, model: 'up/m' };
    const alone = await openLoop(at, modest, 2_000);
    const { result: beside, delayMs } = await withLoopDelay(() => openLoop(at, [...modest, flood], 4_000));
    const lateMs = 2 * (delayMs + (await gatewayDelayMs(gateway)));
    const ofModest = beside.filter(({ caller }) => caller < modest.length);
    expect(failuresOf(ofModest)).toEqual([]);
    expect(p99(ofModest) - lateMs).toBeLessThan(2 * p99(alone));
    expect(failuresOf(beside).length).toBeGreaterThan(150);
  });
});

const failuresOf = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ status }) => status !== 200);
const p99 = (outcomes: readonly Outcome[]): number =>
  quantile(
    outcomes.map(({ tookMs }) => tookMs),
    0.99,
  );
