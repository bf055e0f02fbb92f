import type { ErrorDetails } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { run, Trials } from '../__fixtures__/attempt-trial.js';
import type { TrialOutcome } from '../__fixtures__/attempt-trial.js';
import { policyOf } from '../__fixtures__/snapshots.js';

const refused = (upstreamStatus = 401): TrialOutcome => ({ code: 'upstream_auth_error', details: { upstreamStatus } });
const limited = (details: ErrorDetails): TrialOutcome => ({ code: 'upstream_rate_limited', details });

describe('the keys of a provider', () => {
  it('take turns', async () => {
    const trials = new Trials();
    const asked: string[] = [];
    for (let i = 0; i < 4; i += 1) asked.push((await trials.run({ outcomes: [], targets: ['a3'] })).asked);
    expect(asked).toEqual(['a0', 'a1', 'a2', 'a0']);
  });

  it.for([
    ['refused', refused()],
    ['limited', limited({ retryAfterMs: 9_000 })],
  ] as const)('are asked one after the other when one is %s, and then the next target', async ([, outcome]) => {
    const { asked } = await run({ outcomes: [outcome, outcome], targets: ['a2', 'b'] });
    expect(asked).toBe('a0a1b');
  });

  it('are tried whatever `fallbackOn` says, for the target stays the same', async () => {
    const outcomes = [limited({ retryAfterMs: 9_000 })];
    const { asked } = await run({ outcomes, targets: ['a2', 'b'], policy: policyOf({}, []) });
    expect(asked).toBe('a0a1');
  });

  it('are told apart in the attempts by their number, where there are several', async () => {
    const { call } = await run({ outcomes: [refused(), refused()], targets: ['a2', 'b'] });
    expect(call.attempts.map(({ provider, key, status }) => [provider, key, status])).toEqual([
      ['a', 0, 401],
      ['a', 1, 401],
      ['b', undefined, 200],
    ]);
  });
});

describe('a key that was refused', () => {
  it('is left alone for a minute, and the others serve', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [refused()], targets: ['a2'] });
    trials.clock.advance(59_000);
    const during = await trials.run({ outcomes: [], targets: ['a2'] });
    const again = await trials.run({ outcomes: [], targets: ['a2'] });
    trials.clock.advance(1_000);
    const after = await trials.run({ outcomes: [], targets: ['a2'] });
    expect([during.asked, again.asked, after.asked]).toEqual(['a1', 'a1', 'a0']);
  });

  it('is the last one: the request fails of it, and each later one asks again', async () => {
    const trials = new Trials();
    const first = await trials.run({ outcomes: [refused()], targets: ['a'] });
    const second = await trials.run({ outcomes: [refused()], targets: ['a'] });
    expect([first.asked, second.asked]).toEqual(['a', 'a']);
    for (const { ended } of [first, second])
      expect(ended).toEqual(expect.objectContaining({ code: 'upstream_auth_error' }));
  });

  it('serves again as soon as it has answered', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [refused()], targets: ['a'] });
    await trials.run({ outcomes: [], targets: ['a'] });
    expect((await trials.run({ outcomes: [], targets: ['a', 'b'] })).asked).toBe('a');
  });

  it('is named by its number: everywhere after a 401, at the target after a 403', async () => {
    const trials = new Trials();
    await trials.run({ outcomes: [refused(), refused(403)], targets: ['a2', 'b'] });
    expect(trials.refused.names).toEqual(['a#0', 'a/m#1']);
  });

  it('does not count against its target', async () => {
    const { verdicts } = await run({ outcomes: [refused()], targets: ['a2'] });
    // The breaker knows that refused credentials are no failure of the target.
    expect(verdicts).toEqual(['upstream_auth_error']);
  });
});
