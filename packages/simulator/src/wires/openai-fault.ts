import type { JsonObject } from '../question.js';
import type { Fault, FaultKind } from '../steps.js';

const WORDS: Readonly<Record<FaultKind, readonly [type: string, code: string | null]>> = {
  invalid: ['invalid_request_error', null],
  authentication: ['invalid_request_error', 'invalid_api_key'],
  billing: ['insufficient_quota', 'insufficient_quota'],
  permission: ['permission_error', null],
  'not-found': ['invalid_request_error', 'unknown_url'],
  'model-not-found': ['invalid_request_error', 'model_not_found'],
  timeout: ['server_error', 'timeout'],
  conflict: ['invalid_request_error', 'conflict'],
  'too-large': ['invalid_request_error', 'request_too_large'],
  'rate-limit': ['requests', 'rate_limit_exceeded'],
  quota: ['insufficient_quota', 'insufficient_quota'],
  'context-length': ['invalid_request_error', 'context_length_exceeded'],
  'content-policy': ['invalid_request_error', 'content_policy_violation'],
  server: ['server_error', null],
  overloaded: ['server_error', 'server_overloaded'],
};

/** OpenAI's error body. */
export function openAiFault({ kind, message, param }: Fault): JsonObject {
  const [type, code] = WORDS[kind];
  return { error: { message, type, param: param ?? null, code } };
}
