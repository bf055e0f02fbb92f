import type { JsonObject } from '../question.js';
import type { Fault, FaultKind } from '../steps.js';

const TYPES: Readonly<Record<FaultKind, string>> = {
  invalid: 'invalid_request_error',
  authentication: 'authentication_error',
  billing: 'billing_error',
  permission: 'permission_error',
  'not-found': 'not_found_error',
  'model-not-found': 'not_found_error',
  timeout: 'timeout_error',
  conflict: 'conflict_error',
  'too-large': 'request_too_large',
  'rate-limit': 'rate_limit_error',
  quota: 'billing_error',
  'context-length': 'invalid_request_error',
  'content-policy': 'invalid_request_error',
  server: 'api_error',
  overloaded: 'overloaded_error',
};

/** Anthropic's error body. */
export function anthropicFault({ kind, message }: Fault, requestId: string): JsonObject {
  return { type: 'error', error: { type: TYPES[kind], message }, request_id: requestId };
}
