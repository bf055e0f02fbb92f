import { expect, it } from 'vitest';
import { classify } from './classify.js';

const answered = (status: number, type: string | undefined, body: object) =>
  classify({
    stage: 'status',
    head: { status, headers: type === undefined ? {} : { 'x-amzn-errortype': type } },
    body: Buffer.from(JSON.stringify(body)),
  });

it.for([
  [400, 'ValidationException', 'messages: roles must alternate', 'upstream_rejected'],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'upstream_model_not_found'],
  [400, undefined, 'The provided model identifier is invalid.', 'upstream_model_not_found'],
  [
    400,
    'ValidationException',
    'Invocation of model ID anthropic.x with on-demand throughput isn’t supported. Retry your request with an inference profile.',
    'upstream_model_not_found',
  ],
  [400, 'ValidationException', 'Input is too long for requested model.', 'context_length_exceeded'],
  [400, 'ServiceQuotaExceededException', 'Your account has too many.', 'upstream_rate_limited'],
  [403, 'AccessDeniedException', "You don't have access to the model.", 'upstream_auth_error'],
  [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'upstream_auth_error'],
  [404, 'ResourceNotFoundException', 'There is no such model.', 'upstream_model_not_found'],
  [408, 'ModelTimeoutException', 'x', 'upstream_timeout'],
  [424, 'ModelErrorException', 'x', 'upstream_invalid_response'],
  [424, 'ModelStreamErrorException', 'x', 'upstream_invalid_response'],
  [429, 'ThrottlingException', 'Too many tokens per day, please wait.', 'upstream_rate_limited'],
  [429, 'ModelNotReadyException', 'x', 'overloaded'],
  [500, 'InternalServerException', 'x', 'upstream_invalid_response'],
  [503, 'ServiceUnavailableException', 'x', 'overloaded'],
] as const)('takes %i %s, %j, for %s', ([status, type, message, code]) => {
  expect(answered(status, type, { message })).toMatchObject({ code, details: { upstreamStatus: status } });
});

it('reads the type before a colon, and the one in the body', () => {
  const codes = [
    answered(400, 'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/', {}).code,
    answered(400, undefined, { __type: 'com.amazon.coral.service#ThrottlingException' }).code,
    answered(400, undefined, { message: '', Message: 'Input is too long for requested model.' }).code,
  ];
  expect(codes).toEqual(['upstream_rate_limited', 'upstream_rate_limited', 'context_length_exceeded']);
});

it('takes an exception of an unknown kind for a failure of the vendor', () => {
  const frame = { event: 'surpriseException', data: '{"message":"secret"}' };
  expect(classify({ stage: 'in-band', frame })).toMatchObject({
    code: 'upstream_invalid_response',
    message: 'The provider reported a failure inside its answer.',
  });
});
