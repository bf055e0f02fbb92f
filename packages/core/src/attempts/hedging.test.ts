import { setImmediate } from 'node:timers/promises';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { CLEAN, createBench, leftovers, left, readStream } from '../__fixtures__/bench.js';
import type { Bench, CallOptions } from '../__fixtures__/bench.js';
import { DONE, FINISH, HANG, saying, streaming } from '../__fixtures__/scripted-transport.js';
import type { Script } from '../__fixtures__/scripted-transport.js';
import { aliasOf, configured, factsOf, policyOf, snapshotOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import type { Answer } from '../answer.js';
import { createAttemptMemory } from './attempt-memory.js';
import type { AttemptMemory } from './attempt-memory.js';

const USUAL_MS = 100;

interface Setting {
  readonly maxExtraSpend?: number;
  readonly providers?: readonly string[];
  readonly learned?: number;
  readonly max?: number;
}

interface HedgingBench extends Bench {
  readonly memory: AttemptMemory;
}

/** Targets that have answered within 100 ms so far. */
function hedging(scripts: readonly Script[], setting: Setting = {}): HedgingBench {
  const { maxExtraSpend = 1, providers = ['a', 'b'], learned = 20, max = 2 } = setting;
  const memory = createAttemptMemory(createManualClock());
  for (const name of providers)
    for (const stream of [true, false])
      for (let i = 0; i < learned; i += 1) memory.hedges.timeOf(`${name}/m`, stream).observe(USUAL_MS);
  const prices = [{ usdPerMillionTokens: { input: '1000000' } }] as never;
  const made = providers.map((name) => configured(name, toyProvider(), { facts: { m: factsOf({ prices }) } }));
  const policy = { ...policyOf({ max }), hedge: { maxExtraSpend } };
  const snapshot = snapshotOf(made, [aliasOf('fast', made, policy)]);
  const priceUse = ({ usage }: { readonly usage: { readonly inputTokens: number } }): bigint =>
    BigInt(usage.inputTokens) * 1_000_000n;
  return { ...createBench({ snapshot, scripts, ports: { attempts: memory, priceUse } }), memory };
}

interface Progress {
  /** The answer once it is there. */
  readonly answer: Promise<Answer>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
}

async function begin(bench: Bench, stream = false, options: CallOptions = {}): Promise<Progress> {
  const answer = bench.call({ model: 'fast', say: 'hi', stream }, options);
  await setImmediate();
  return {
    answer,
    async pass(ms) {
      bench.clock.advance(ms);
      await setImmediate();
    },
  };
}

const attemptsOf = ({ seen }: Bench): unknown => seen.settlements[0]?.attempts;

describe('a target that is slower than 95 of 100 of its answers', () => {
  it('is asked alone until then', async () => {
    const bench = hedging([{ head: 'hang' }, saying('from b')]);
    const { pass } = await begin(bench);
    await pass(USUAL_MS - 1);
    expect(bench.transport.requests.length).toBe(1);
  });

  it('is beaten by the next one, and stands in the ledger with what it may have cost', async () => {
    const bench = hedging([{ head: 'hang' }, saying('from b')]);
    const { pass, answer } = await begin(bench);
    await pass(USUAL_MS);
    expect((await answer).headers).toMatchObject({ 'x-sluice-provider': 'b', 'x-sluice-attempts': '2' });
    expect(attemptsOf(bench)).toEqual([
      { provider: 'a', model: 'm', durationMs: 100, abandoned: true, costMicroUsd: expect.any(Number) as number },
      { provider: 'b', model: 'm', durationMs: 0, status: 200, hedge: true },
    ]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['forget', 'succeed']]);
  });

  it('may still answer first', async () => {
    const gate = Promise.withResolvers<void>();
    const late = saying('from a').steps?.[0] as string;
    const bench = hedging([{ steps: [{ after: gate.promise, say: late }] }, { head: 'hang' }]);
    const { pass, answer } = await begin(bench);
    await pass(USUAL_MS);
    gate.resolve();
    expect((await answer).headers).toMatchObject({ 'x-sluice-provider': 'a', 'x-sluice-attempts': '2' });
    expect(attemptsOf(bench)).toMatchObject([
      { provider: 'a', status: 200 },
      { provider: 'b', hedge: true, abandoned: true },
    ]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['succeed', 'forget']]);
  });

  it('is beaten by a stream, which then flows to its end', async () => {
    const bench = hedging([streaming(HANG), streaming('hello', FINISH, DONE)]);
    const { pass, answer } = await begin(bench, true);
    await pass(USUAL_MS);
    expect(await readStream(await answer)).toContain('hello');
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['forget', 'succeed']]);
  });

  it('is waited for when the second one fails', async () => {
    const gate = Promise.withResolvers<void>();
    const late = saying('from a').steps?.[0] as string;
    const bench = hedging([{ steps: [{ after: gate.promise, say: late }] }, { status: 500 }]);
    const { pass, answer } = await begin(bench);
    await pass(USUAL_MS);
    await pass(50);
    gate.resolve();
    expect((await answer).headers['x-sluice-provider']).toBe('a');
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['succeed', 'upstream_invalid_response']]);
    expect(Number((await answer).headers['x-sluice-overhead-ms'])).toBe(0);
  });

  it('that fails is followed by the second one, and by the third where both do', async () => {
    const gate = Promise.withResolvers<void>();
    const cut: Script = { steps: [{ after: gate.promise, say: '{"half":' }] };
    const bench = hedging([cut, { status: 500 }, saying('from c')], { providers: ['a', 'b', 'c'] });
    const { pass, answer } = await begin(bench);
    await pass(USUAL_MS);
    gate.resolve();
    expect((await answer).headers['x-sluice-provider']).toBe('c');
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('leaves nothing behind when the caller leaves', async () => {
    const controller = new AbortController();
    const bench = hedging([{ head: 'hang' }, { head: 'hang' }]);
    const { pass, answer } = await begin(bench, false, { signal: controller.signal });
    await pass(USUAL_MS);
    controller.abort(left());
    await answer;
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['forget', 'forget']]);
    expect(attemptsOf(bench)).toHaveLength(2);
  });
});

describe('a second request', () => {
  it.for<readonly [string, Setting]>([
    ['before enough is known', { learned: 19 }],
    ['without a share for it', { maxExtraSpend: 0 }],
    ['beyond the tries that the policy allows', { max: 0 }],
    ['without another target', { providers: ['a'] }],
  ])('is not made %s', async ([, setting]) => {
    const bench = hedging([{ head: 'hang' }, saying('from b')], setting);
    const { pass } = await begin(bench);
    await pass(1_000);
    expect(bench.transport.requests.length).toBe(1);
  });

  it('is not made at a target that is out of order, or rests', async () => {
    const open = hedging([{ head: 'hang' }, saying('from b')]);
    open.openCircuits.add('b/m');
    const resting = hedging([{ head: 'hang' }, saying('from b')]);
    resting.memory.rests.begin('b/m', 60_000);
    for (const bench of [open, resting]) {
      const { pass } = await begin(bench);
      await pass(USUAL_MS);
      expect(bench.transport.requests.length).toBe(1);
    }
  });

  it('is made for so many of all requests, and spends the retry budget', async () => {
    const bench = hedging([{ head: 'hang' }], { maxExtraSpend: 0.05 });
    const before = bench.memory.budget;
    for (let i = 0; i < 40; i += 1) {
      const controller = new AbortController();
      const { pass, answer } = await begin(bench, false, { signal: controller.signal });
      await pass(10_000);
      controller.abort(left());
      await answer;
    }
    expect(bench.transport.requests.length - 40).toBeLessThanOrEqual(2);
    expect(bench.transport.requests.length - 40).toBeGreaterThan(0);
    expect(before.refused).toBe(0);
  });
});
