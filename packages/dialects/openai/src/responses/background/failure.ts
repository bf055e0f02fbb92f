import { isJsonObject } from '@sluice/toolkit';

/** What `response.error` may say. Source: npm openai 7.57.0, `resources/responses/responses.d.ts`, `ResponseError`. */
type ErrorCode = 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';

export interface ResponseFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

export const STOPPED: ResponseFailure = {
  code: 'server_error',
  message: 'The gateway stopped before this response was complete.',
};

/** The `error` of an answer, or of an event, as a response that failed has it. */
export function toFailure(error: unknown): ResponseFailure {
  const { code, type, message } = isJsonObject(error) ? error : {};
  return { code: codeOf(code, type), message: typeof message === 'string' ? message : 'The response failed.' };
}

function codeOf(code: unknown, type: unknown): ErrorCode {
  if (type === 'rate_limit_error' || code === 'rate_limit_exceeded') return 'rate_limit_exceeded';
  return type === 'invalid_request_error' ? 'invalid_prompt' : 'server_error';
}
