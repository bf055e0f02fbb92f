import { gatewayError } from '@sluice/contract';
import type { BackoffStep, ErrorCode } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { run, Trials } from '../__fixtures__/attempt-trial.js';
import type { TrialOutcome } from '../__fixtures__/attempt-trial.js';
import { policyOf } from '../__fixtures__/snapshots.js';

const limited = (retryAfterMs?: number): TrialOutcome => ({
  code: 'upstream_rate_limited',
  details: { upstreamStatus: 429, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});
const failed = (code: ErrorCode, retryAfterMs: number): unknown =>
  expect.objectContaining({ code, details: expect.objectContaining({ retryAfterMs }) as unknown });

describe('a target that limits the gateway', () => {
  it('is left alone for as long as it says, and not for longer', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [limited(2_000)] });
    trials.clock.advance(1_900);
    const before = await trials.run({ outcomes: [] });
    trials.clock.advance(100);
    expect([before.asked, (await trials.run({ outcomes: [] })).asked]).toEqual(['b', 'a']);
  });

  it('is left alone for five seconds where it does not say', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [limited()] });
    trials.clock.advance(4_900);
    const before = await trials.run({ outcomes: [] });
    trials.clock.advance(100);
    expect([before.asked, (await trials.run({ outcomes: [] })).asked]).toEqual(['b', 'a']);
  });

  it('that did not say for how long is asked all the same where nobody else is left', async () => {
    const trials = new Trials();
    const targets = ['a'];
    await trials.run({ outcomes: [limited()], targets });
    expect((await trials.run({ outcomes: [], targets })).asked).toBe('a');
    // It has answered: it no longer rests.
    expect(trials.memory.rests.any).toBe(false);
  });

  it('that said for how long is not', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [limited(7_000)], targets: ['a'] });
    const { asked, ended } = await trials.run({ outcomes: [], targets: ['a'] });
    expect([asked, ended]).toEqual(['', failed('upstream_rate_limited', 7_000)]);
  });

  it('tells the caller when the first of all targets is free again', async () => {
    const { asked, ended } = await run({ outcomes: [limited(3_000), limited(20_000), limited(9_000)] });
    expect([asked, ended]).toEqual(['abc', failed('upstream_rate_limited', 2_980)]);
  });

  it('beside one that is out of order makes the model out of order', async () => {
    const trials = new Trials();
    const targets = ['a', 'b'];
    await trials.run({ outcomes: [limited(7_000)], targets: ['a'] });
    const { ended } = await trials.run({ outcomes: [], targets, closedOff: ['b/m'], waitMs: 9_000 });
    expect(ended).toEqual(failed('no_healthy_provider', 7_000));
  });
});

describe('`retryAfterMaxMs`', () => {
  const policy = policyOf({ retryAfterMaxMs: 2_000 });

  it('is waited out at the same target where no other is left', async () => {
    const { asked, ended, askedAtMs } = await run({ outcomes: [limited(2_000)], targets: ['a'], policy });
    expect([asked, ended, askedAtMs]).toEqual(['aa', 'a', [0, 2_010]]);
  });

  it('is waited out before another target is asked where the same one may be tried again', async () => {
    const outcomes = [limited(2_000), limited(1_000)];
    const staying = policyOf({ retryAfterMaxMs: 2_000, sameTarget: 1 });
    const { asked, askedAtMs } = await run({ outcomes, targets: ['a', 'b'], policy: staying });
    expect([asked, askedAtMs]).toEqual(['aab', [0, 2_010, 2_020]]);
  });

  it('sends a request that finds its first target resting to the next one', async () => {
    const trials = new Trials();
    const staying = policyOf({ retryAfterMaxMs: 2_000, sameTarget: 1 });
    await trials.run({ outcomes: [limited(1_500)], targets: ['a'] });
    const { asked, askedAtMs } = await trials.run({ outcomes: [], targets: ['a', 'b'], policy: staying });
    expect([asked, askedAtMs]).toEqual(['b', [0]]);
  });

  it('is waited out after an overload too', async () => {
    const overloaded = { code: 'overloaded', details: { retryAfterMs: 1_000 } } as const;
    const staying = policyOf({ retryAfterMaxMs: 2_000, sameTarget: 1 });
    const { asked, askedAtMs } = await run({ outcomes: [overloaded], targets: ['a', 'b'], policy: staying });
    expect([asked, askedAtMs]).toEqual(['aa', [0, 1_010]]);
  });

  it('does not keep the other targets from being asked first otherwise, and then the first that is free', async () => {
    const outcomes = [limited(2_000), limited(1_000)];
    const { asked, askedAtMs } = await run({ outcomes, targets: ['a', 'b'], policy });
    expect([asked, askedAtMs]).toEqual(['abb', [0, 10, 1_020]]);
  });

  it('is waited out by a request that finds everybody resting', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [limited(1_500)], targets: ['a'] });
    const { asked, askedAtMs } = await trials.run({ outcomes: [], targets: ['a'], policy });
    expect([asked, askedAtMs]).toEqual(['a', [1_500]]);
  });

  it.for([
    ['a longer time', [limited(2_001)], {}],
    ['a time that the target did not name', [limited()], {}],
    ['another failure', ['upstream_timeout'], {}],
    ['a time past the deadline of the request', [limited(2_000)], { takesMs: 58_000 }],
    ['tries that are used up', [limited(1_000), limited(1_000), limited(1_000), limited(1_000)], {}],
  ] as const)('is not waited out: %s', async ([, outcomes, more]) => {
    const { asked, ended } = await run({ outcomes, targets: ['a'], policy, ...more });
    expect(asked).toBe('a'.repeat(Math.min(outcomes.length, 3)));
    expect(ended).toEqual(expect.objectContaining({ name: 'GatewayError' }));
  });

  it('is waited out where the policy keeps limits from moving on', async () => {
    const { asked } = await run({ outcomes: [limited(1_000)], policy: policyOf({ retryAfterMaxMs: 2_000 }, []) });
    expect(asked).toBe('aa');
  });

  it('ends with the caller', async () => {
    const controller = new AbortController();
    const trials = new Trials();
    trials.clock.after(500, () => controller.abort(gatewayError('client_closed_request')));
    const { ended } = await trials.run({
      outcomes: [limited(1_000)],
      targets: ['a'],
      policy,
      signal: controller.signal,
    });
    expect([ended, trials.clock.monotonic(), trials.clock.pending]).toEqual([
      expect.objectContaining({ code: 'client_closed_request' }),
      500,
      0,
    ]);
  });
});

describe('tries at the same target', () => {
  const growing = (delayMs: number): BackoffStep => ({ delayMs, next: () => growing(delayMs * 2) });

  it('are apart by waits that grow, and the next target is asked at once', async () => {
    const outcomes = ['overloaded', 'overloaded', 'overloaded'] as const;
    const policy = policyOf({ max: 3, sameTarget: 2 });
    const { asked, askedAtMs } = await run({ outcomes, policy, backoff: growing(100) });
    expect([asked, askedAtMs]).toEqual(['aaab', [0, 110, 320, 330]]);
  });

  it('do not wait past the deadline of the request', async () => {
    const trial = { outcomes: ['overloaded'], targets: ['a'], policy: policyOf({ sameTarget: 1 }) } as const;
    const { asked, call } = await run({ ...trial, backoff: growing(59_990) });
    expect([asked, call.elapsedMs()]).toEqual(['a', 10]);
  });

  it('are not made before the time that the target named', async () => {
    const overloaded = { code: 'overloaded', details: { retryAfterMs: 1_000 } } as const;
    const { asked } = await run({ outcomes: [overloaded], policy: policyOf({ sameTarget: 1 }) });
    expect(asked).toBe('ab');
  });
});

describe('the retry budget', () => {
  const down = Array.from({ length: 3 }, () => 'upstream_connection_error' as const);

  it('ends a request with its failure once it is spent, and gives the permit back', async () => {
    const trials = new Trials();
    for (let i = 0; i < 100; i += 1) trials.memory.budget.take();
    const { asked, ended, verdicts } = await trials.run({ outcomes: down });
    expect([asked, ended, verdicts]).toEqual([
      'a',
      expect.objectContaining({ code: 'upstream_connection_error' }),
      ['upstream_connection_error', 'forget'],
    ]);
  });

  it('keeps attempts within 1.2 for each request and ten a second while everything is down', async () => {
    const trials = new Trials();
    let attempts = 0;
    for (let i = 0; i < 1_000; i += 1) {
      attempts += (await trials.run({ outcomes: down, takesMs: 0 })).call.attempts.length;
      trials.clock.advance(10);
    }
    expect(attempts).toBeLessThanOrEqual(1.2 * 1_000 + 10 * 10);
    expect(attempts).toBeGreaterThan(1.1 * 1_000);
  });
});
