import { ERROR_TABLE, errorRow, gatewayError } from '@sluice/contract';
import type { ErrorCode, FailureClass } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { run, Trials } from './__fixtures__/attempt-trial.js';
import { policyOf } from './__fixtures__/snapshots.js';

const ALL: readonly FailureClass[] = [
  ...new Set(Object.keys(ERROR_TABLE).flatMap((code) => errorRow(code as ErrorCode).failureClass ?? [])),
];
const failed = (code: ErrorCode): unknown => expect.objectContaining({ code });

describe('the targets of a plan', () => {
  it('are asked in order until one answers', async () => {
    const { asked, ended } = await run({ outcomes: ['upstream_connection_error', 'overloaded'] });
    expect([asked, ended]).toEqual(['abc', 'c']);
  });

  it('are not asked after one has answered', async () => {
    const { asked, verdicts } = await run({ outcomes: [] });
    expect([asked, verdicts]).toEqual(['a', []]);
  });

  it('all failing give the last failure', async () => {
    const { ended } = await run({ outcomes: ['upstream_timeout', 'overloaded', 'upstream_truncated'] });
    expect(ended).toEqual(failed('upstream_truncated'));
  });

  it('are recorded one by one', async () => {
    const { call } = await run({ outcomes: ['overloaded'], targets: ['a', 'b'] });
    expect(call.attempts).toEqual([
      { provider: 'a', model: 'm', durationMs: 10, status: 500, errorCode: 'overloaded' },
      { provider: 'b', model: 'm', durationMs: 10, status: 200 },
    ]);
  });
});

/** Under the default policy: does the next target get its chance, and what does the failed one's circuit hear? */
describe.for<readonly [ErrorCode, moves: boolean, heard: string]>([
  ['upstream_connection_error', true, 'upstream_connection_error'],
  ['upstream_invalid_response', true, 'upstream_invalid_response'],
  ['upstream_truncated', true, 'upstream_truncated'],
  ['upstream_timeout', true, 'upstream_timeout'],
  ['upstream_rate_limited', true, 'upstream_rate_limited'],
  ['upstream_auth_error', true, 'upstream_auth_error'],
  ['overloaded', true, 'overloaded'],
  ['context_length_exceeded', true, 'context_length_exceeded'],
  ['upstream_model_not_found', true, 'upstream_model_not_found'],
  ['upstream_rejected', false, 'forget'],
  ['content_policy_violation', false, 'forget'],
  ['invalid_value', false, 'forget'],
  ['internal_error', false, 'forget'],
  ['insufficient_quota', false, 'forget'],
])('after %s', ([code, moves, heard]) => {
  it(`the next target is ${moves ? '' : 'not '}asked`, async () => {
    const { asked, ended } = await run({ outcomes: [code], targets: ['a', 'b'] });
    expect([asked, ended]).toEqual(moves ? ['ab', 'b'] : ['a', failed(code)]);
  });

  it('the circuit of the target hears of it once', async () => {
    const { verdicts } = await run({ outcomes: [code], targets: ['a', 'b'] });
    expect(verdicts).toEqual([heard]);
  });
});

describe('`fallbackOn`', () => {
  const mended = Object.keys(ERROR_TABLE).filter((code) => errorRow(code as ErrorCode).failureClass) as ErrorCode[];

  it.for(mended.filter((code) => code !== 'upstream_auth_error'))('decides about %s', async (code) => {
    const failureClass = errorRow(code).failureClass as FailureClass;
    const others = ALL.filter((each) => each !== failureClass);
    const named = await run({ outcomes: [code], targets: ['a', 'b'], policy: policyOf({}, [failureClass]) });
    const unnamed = await run({ outcomes: [code], targets: ['a', 'b'], policy: policyOf({}, others) });
    expect([named.asked, unnamed.asked]).toEqual(['ab', 'a']);
  });

  it("does not keep a refused credential of the gateway's own from moving on", async () => {
    const { asked } = await run({ outcomes: ['upstream_auth_error'], policy: policyOf({}, []) });
    expect(asked).toBe('ab');
  });
});

describe('`retries.max`', () => {
  const down: readonly ErrorCode[] = Array.from({ length: 9 }, () => 'upstream_connection_error');

  it.for([
    [0, 'a'],
    [1, 'ab'],
    [2, 'abc'],
    [9, 'abc'],
  ] as const)('of %d asks %s', async ([max, asked]) => {
    expect((await run({ outcomes: down, policy: policyOf({ max }) })).asked).toBe(asked);
  });

  it('bounds the tries at all targets together', async () => {
    expect((await run({ outcomes: down, policy: policyOf({ max: 3, sameTarget: 2 }) })).asked).toBe('aaab');
  });
});

describe('`retries.sameTarget`', () => {
  const policy = policyOf({ max: 5, sameTarget: 1 }, ALL);

  it.for<ErrorCode>(['upstream_connection_error', 'upstream_truncated', 'upstream_invalid_response', 'overloaded'])(
    'repeats a target after %s',
    async (code) => {
      expect((await run({ outcomes: [code, code], policy })).asked).toBe('aab');
    },
  );

  it.for<ErrorCode>([
    'upstream_timeout',
    'upstream_rate_limited',
    'upstream_auth_error',
    'context_length_exceeded',
    'upstream_rejected',
    'content_policy_violation',
  ])('does not repeat a target after %s', async (code) => {
    expect((await run({ outcomes: [code], policy })).asked).toBe('ab');
  });

  it('does not hold for a probe: it has found out what there was to find out', async () => {
    const trial = { outcomes: ['overloaded'], targets: ['a', 'b'], policy: policyOf({ sameTarget: 1 }) } as const;
    const asked = [(await run(trial)).asked, (await run({ ...trial, probed: ['a/m'] })).asked];
    expect(asked).toEqual(['aa', 'ab']);
  });

  it('looks at the latest failure of that target', async () => {
    const outcomes = ['overloaded', 'upstream_timeout', 'overloaded', 'ok'] as const;
    expect((await run({ outcomes, policy: policyOf({ max: 5, sameTarget: 2 }) })).asked).toBe('aabb');
  });
});

describe('an open circuit', () => {
  it('is passed over, and is no attempt', async () => {
    const { asked, call } = await run({
      outcomes: ['overloaded'],
      closedOff: ['a/m'],
      policy: policyOf({ max: 1 }),
    });
    expect([asked, call.attempts.length]).toEqual(['bc', 2]);
  });

  it('is passed over also between two failures', async () => {
    const { asked, ended } = await run({ outcomes: ['overloaded', 'upstream_timeout'], closedOff: ['b/m'] });
    expect([asked, ended]).toEqual(['ac', failed('upstream_timeout')]);
  });

  it('at every target ends the request with the shortest wait', async () => {
    const { asked, ended } = await run({ outcomes: [], closedOff: ['a/m', 'b/m', 'c/m'] });
    expect([asked, ended]).toEqual([
      '',
      expect.objectContaining({ code: 'no_healthy_provider', details: { retryAfterMs: 1_500 } }),
    ]);
  });

  it('asks nobody to come back within less than a second', async () => {
    const { ended } = await run({ outcomes: [], targets: ['a'], closedOff: ['a/m'], waitMs: 10 });
    expect(ended).toEqual(expect.objectContaining({ details: { retryAfterMs: 1_000 } }));
  });
});

describe('a circuit that lets through who has nobody else to ask', () => {
  it('is passed over while somebody else may answer', async () => {
    const { asked, ended } = await run({
      outcomes: ['overloaded'],
      doubtful: ['a/m', 'b/m'],
      targets: ['a', 'b', 'c', 'd'],
    });
    expect([asked, ended]).toEqual(['cd', 'd']);
  });

  it.for([
    ['when nobody else is there', [], 'a'],
    ['in order, until one answers', ['overloaded'], 'ab'],
    ['as often as the policy allows', ['overloaded', 'overloaded', 'overloaded'], 'abc'],
  ] as const)('is asked %s', async ([, outcomes, expected]) => {
    const doubtful = ['a/m', 'b/m', 'c/m'];
    const { asked } = await run({ outcomes, doubtful });
    expect(asked).toBe(expected);
  });

  it('is asked when everybody else has failed, within the tries that are left', async () => {
    const outcomes = ['overloaded', 'overloaded'] as const;
    const { asked, ended } = await run({ outcomes, doubtful: ['a/m'], targets: ['a', 'b', 'c'] });
    expect([asked, ended]).toEqual(['bca', 'a']);
    const none = await run({ outcomes, doubtful: ['a/m'], targets: ['a', 'b', 'c'], policy: policyOf({ max: 1 }) });
    expect([none.asked, none.ended]).toEqual(['bc', failed('overloaded')]);
  });

  it.for([
    ['upstream_connection_error', 'no_healthy_provider'],
    ['upstream_timeout', 'no_healthy_provider'],
    ['overloaded', 'no_healthy_provider'],
    // These are not what the circuit was open for.
    ['upstream_auth_error', 'upstream_auth_error'],
    ['upstream_rate_limited', 'upstream_rate_limited'],
    ['upstream_rejected', 'upstream_rejected'],
  ] as const)('and fails with %s: the caller gets %s', async ([code, expected]) => {
    const { asked, ended } = await run({
      outcomes: [code],
      doubtful: ['a/m'],
      targets: ['a'],
      policy: policyOf({ max: 0 }),
    });
    expect([asked, ended]).toEqual(['a', failed(expected)]);
  });

  it('and fails: its failure stays known, and the caller is told when to come back', async () => {
    const { ended } = await run({
      outcomes: ['upstream_timeout'],
      doubtful: ['a/m'],
      targets: ['a'],
      policy: policyOf({ max: 0 }),
    });
    expect(ended).toMatchObject({ cause: { code: 'upstream_timeout' }, details: { retryAfterMs: 1_000 } });
  });

  it('is not asked after a failure that no other target may mend', async () => {
    const { asked, ended } = await run({ outcomes: ['upstream_rejected'], doubtful: ['a/m'], targets: ['a', 'b'] });
    expect([asked, ended]).toEqual(['b', failed('upstream_rejected')]);
    const kept = await run({
      outcomes: ['overloaded'],
      doubtful: ['a/m'],
      targets: ['a', 'b'],
      policy: policyOf({}, []),
    });
    expect(kept.asked).toBe('b');
  });

  it('is asked with a key that is in good order rather than with one that was refused', async () => {
    const trials = new Trials();
    await trials.run({
      outcomes: [{ code: 'upstream_auth_error', details: { upstreamStatus: 401 } }],
      targets: ['a2'],
    });
    const { asked } = await trials.run({ outcomes: [], doubtful: ['a/m'], targets: ['a2'] });
    expect(asked).toBe('a1');
  });
});

describe('a request whose time is over', () => {
  it('asks no further target, and blames none', async () => {
    const { asked, ended, verdicts } = await run({ outcomes: ['upstream_timeout'], takesMs: 60_000 });
    expect([asked, ended, verdicts]).toEqual(['a', failed('upstream_timeout'), ['upstream_timeout']]);
  });
});

describe('a caller that leaves', () => {
  it('ends the request, blames nobody, and is what the request failed of', async () => {
    const signal = AbortSignal.abort(gatewayError('client_closed_request'));
    const { asked, ended, verdicts } = await run({ outcomes: ['upstream_connection_error'], signal });
    expect([asked, ended, verdicts]).toEqual(['a', failed('client_closed_request'), ['forget']]);
  });
});
