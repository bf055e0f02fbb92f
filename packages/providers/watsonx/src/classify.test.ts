import type { GatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.js';

const MORE = { more_info: 'https://cloud.ibm.com/apidocs/watsonx-ai#text-chat' };

function classified(status: number, error: object): GatewayError {
  const body = Buffer.from(JSON.stringify({ errors: [{ ...MORE, ...error }], trace: 't', status_code: status }));
  return classify({ stage: 'status', head: { status, headers: {} }, body });
}

describe('an answer that is an error', () => {
  it.for([
    [401, 'authentication_token_expired', 'upstream_auth_error'],
    [403, 'authorization_rejected', 'upstream_auth_error'],
    [403, 'token_quota_reached', 'upstream_rate_limited'],
    [429, 'rate_limit_reached_requests', 'upstream_rate_limited'],
    [400, 'model_not_supported', 'upstream_model_not_found'],
    [400, 'model_no_support_for_function', 'upstream_model_not_found'],
    [404, 'model_not_supported', 'upstream_model_not_found'],
    [400, 'json_validation_error', 'upstream_rejected'],
    [422, 'invalid_request_entity', 'upstream_rejected'],
    [500, 'downstream_request_failed', 'upstream_invalid_response'],
    [520, 'unknown', 'upstream_invalid_response'],
  ] as const)('is judged by its status and its code: %s with %s is %s', ([status, vendorCode, code]) => {
    expect(classified(status, { code: vendorCode, message: 'No.' })).toMatchObject({
      code,
      details: { upstreamStatus: status },
    });
  });

  it('tells a prompt that is too long from another bad argument', () => {
    const argument = { code: 'invalid_input_argument' };
    const tooLong = 'the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model';
    expect(classified(400, { ...argument, message: tooLong })).toMatchObject({
      code: 'context_length_exceeded',
      message: tooLong,
    });
    expect(classified(400, { ...argument, message: 'No.' }).code).toBe('upstream_rejected');
  });

  it.for([
    ['field', 'messages[0].content'],
    ['parameter', 'version'],
    ['header', undefined],
  ] as const)('names a %s at fault as its parameter: %s', ([type, param]) => {
    const target = { type, name: param ?? 'accept' };
    const { details } = classified(400, { code: 'json_validation_error', message: 'No.', target });
    expect(details.param).toBe(param);
  });

  it.for(['', '[]', '{"errors":[]}', '{"errors":[7]}', '{"errors":{}}'])('may say nothing: %j', (text) => {
    const failure = { stage: 'status', head: { status: 400, headers: {} }, body: Buffer.from(text) } as const;
    expect(classify(failure).code).toBe('upstream_rejected');
  });
});
