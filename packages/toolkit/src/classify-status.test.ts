import { describe, expect, it } from 'vitest';
import { classifyReported, classifyStatus } from './classify-status.js';

const at = (status: number, headers: Readonly<Record<string, string>> = {}) => ({ status, headers });

describe('classifyStatus', () => {
  it.for([
    [400, {}, 'upstream_rejected'],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'context_length_exceeded'],
    [400, { message: 'the request exceeds the available context size' }, 'context_length_exceeded'],
    [400, { code: 'content_policy_violation' }, 'content_policy_violation'],
    [400, { message: 'API key not valid. Please pass a valid API key.' }, 'upstream_auth_error'],
    [400, { code: 'invalid_api_key' }, 'upstream_auth_error'],
    [401, {}, 'upstream_auth_error'],
    [402, {}, 'upstream_auth_error'],
    [403, {}, 'upstream_auth_error'],
    [404, {}, 'upstream_model_not_found'],
    [408, {}, 'upstream_timeout'],
    [413, {}, 'request_too_large'],
    [422, {}, 'upstream_rejected'],
    [429, {}, 'upstream_rate_limited'],
    [499, { message: 'request cancelled' }, 'upstream_invalid_response'],
    [500, {}, 'upstream_invalid_response'],
    [503, {}, 'overloaded'],
    [504, {}, 'upstream_timeout'],
    [529, {}, 'overloaded'],
    [302, {}, 'upstream_invalid_response'],
  ] as const)('takes %i with %j for %s', ([status, vendor, code]) => {
    expect(classifyStatus(at(status), vendor).code).toBe(code);
  });

  it('shows the words, the parameter and the code of a refusal', () => {
    const error = classifyStatus(at(400), { message: 'No such voice.', code: 'bad_voice', param: 'voice' });
    expect([error.message, error.details]).toEqual([
      'No such voice.',
      { upstreamStatus: 400, param: 'voice', upstreamCode: 'bad_voice' },
    ]);
  });

  it('keeps what a vendor says of its own trouble to itself', () => {
    expect(classifyStatus(at(500), { message: 'db-7.internal is down' }).message).toBe('The provider answered 500.');
  });

  it('says how long a limit lasts', () => {
    expect(classifyStatus(at(429, { 'retry-after': '7' }), {}).details.retryAfterMs).toBe(7_000);
  });
});

describe('classifyReported', () => {
  it('judges an error inside an answer by the status that it has elsewhere', () => {
    const error = classifyReported({ message: 'Slow down.' }, 429);
    expect([error.code, error.details]).toEqual(['upstream_rate_limited', { upstreamStatus: 200 }]);
  });

  it('takes an unknown one for a failure of the vendor', () => {
    const error = classifyReported({ message: 'secret' });
    expect([error.code, error.message]).toEqual([
      'upstream_invalid_response',
      'The provider reported a failure inside its answer.',
    ]);
  });
});
