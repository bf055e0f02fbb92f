import type { ModelFacts, PriceUse } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { readStream } from './__fixtures__/bench.js';
import { ask, askStream, fastBench } from './__fixtures__/fast-bench.js';
import type { Setting } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, saying, streaming } from './__fixtures__/scripted-transport.js';
import { factsOf } from './__fixtures__/snapshots.js';

/** One pico-USD for each token read, three for each written. */
const priceUse: PriceUse = ({ prices, usage }) =>
  prices.length === 0 ? undefined : BigInt(usage.inputTokens) + 3n * BigInt(usage.outputTokens);

const known = (change: Partial<ModelFacts>, passes: boolean): Setting => ({
  provider: { passes },
  configuredWith: { facts: { m: factsOf(change) } },
  ports: { priceUse },
});

describe('a parameter that the model refuses', () => {
  const facts: Partial<ModelFacts> = { refuses: { parameters: ['temperature'], when: 'always' } };

  it('is cut out of bytes that pass, and the caller is told', async () => {
    const bench = fastBench([saying('hello')], known(facts, true));
    const answer = await bench.call('{"model":"fast","temperature":0.5,"say" : "hi"}');
    expect(Buffer.from(bench.transport.requests[0]?.body as Uint8Array).toString()).toBe('{"model":"m","say" : "hi"}');
    expect([answer.status, answer.headers['x-sluice-adjustments']]).toEqual([200, 'temperature=dropped']);
  });

  it('leaves all bytes as they are where it is not given', async () => {
    const bench = fastBench([saying('hello')], known(facts, true));
    const answer = await bench.call('{"model":"fast","say" : "hi","temperature":1}');
    expect(Buffer.from(bench.transport.requests[0]?.body as Uint8Array).toString()).toBe(
      '{"model":"m","say" : "hi","temperature":1}',
    );
    expect(answer.headers['x-sluice-adjustments']).toBeUndefined();
  });

  it('is told of beside what the adapter could not carry', async () => {
    const answer = await fastBench([saying('hello')], known(facts, false)).call({ ...ask, temperature: 0, seed: 1 });
    expect(answer.headers['x-sluice-adjustments']).toMatch(/^temperature=dropped, (?:.*, )?seed=dropped/);
  });
});

describe('the cost of an answer', () => {
  const priced: Partial<ModelFacts> = { prices: [{ picoUsd: { input: 1 } }] };

  it('stands on a plain answer, exact, and in its record', async () => {
    const dear: PriceUse = (use) => priceUse(use) && 12_500_000n;
    const bench = fastBench([saying('hello')], { ...known(priced, true), ports: { priceUse: dear } });
    const answer = await bench.call(ask);
    expect([answer.headers['x-sluice-cost-usd'], bench.seen.settlements[0]?.costMicroUsd]).toEqual(['0.0000125', 13]);
  });

  it.each([true, false])('is that of the tokens that the provider reports (passed through: %s)', async (passes) => {
    const answer = await fastBench([saying('hello')], known(priced, passes)).call(ask);
    expect(answer.headers['x-sluice-cost-usd']).toBe('0.000000000018');
  });

  it('of a stream stands in its record alone', async () => {
    const dear: PriceUse = () => 5_000_000n;
    const bench = fastBench([streaming('hello', FINISH, DONE)], { ...known(priced, true), ports: { priceUse: dear } });
    const answer = await bench.call(askStream);
    await readStream(answer);
    expect([answer.headers['x-sluice-cost-usd'], bench.seen.records[0]?.costMicroUsd]).toEqual([undefined, 5]);
  });

  it('is asked for at the service tier that the provider used', async () => {
    const tiers: unknown[] = [];
    const ports = { priceUse: ({ serviceTier }: Parameters<PriceUse>[0]) => (tiers.push(serviceTier), 1n) };
    const plain = {
      steps: ['{"service_tier":"flex","choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":1}}'],
    };
    await fastBench([plain], { ...known(priced, true), ports }).call(ask);
    expect(new Set(tiers)).toEqual(new Set(['flex']));
  });

  it('is not there where no price is known', async () => {
    for (const setting of [known({}, true), { ...known(priced, true), configuredWith: {} }]) {
      const bench = fastBench([saying('hello')], setting);
      const answer = await bench.call(ask);
      expect([answer.headers['x-sluice-cost-usd'], bench.seen.records[0]?.costMicroUsd]).toEqual([
        undefined,
        undefined,
      ]);
    }
  });
});
