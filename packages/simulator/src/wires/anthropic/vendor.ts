import { RequestFault, refuse, type Fault, type FaultKind } from '../../steps.js';
import { TEST_CREDENTIALS, bearerOf } from '../../credentials.js';
import type { Asked, Vendor } from '../wire.js';
import type { Flaw, Path } from '../../shape/shape.js';

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

export const API_VERSIONS = ['2023-06-01', '2026-10-21'];

/**
 * Anthropic's errors. Sources: platform.claude.com/docs/en/api/errors, .../api/versioning and .../api/rate-limits; npm
 * @anthropic-ai/sdk 1.12.0, src/core/error.ts.
 */
export const ANTHROPIC: Vendor = {
  name: 'anthropic',
  requestIdHeader: 'request-id',
  cacheRule: 'marked',
  admit,
  fault: ({ kind, message, model, code }, requestId) => ({
    type: 'error',
    error: { type: code ?? TYPES[kind], message: model === undefined ? message : `model: ${model}` },
    request_id: requestId,
  }),
  retryHeaders: (ms) => ({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, 'Z'),
  }),
};

function admit({ headers, world }: Asked): void {
  if (world.checkKeys) checkKey(headers['x-api-key'], bearerOf(headers.authorization));
  const version = headers['anthropic-version'];
  if (!world.strict) return;
  if (version === undefined) refuse('anthropic-version: header is required');
  if (!API_VERSIONS.includes(String(version))) {
    refuse(`anthropic-version: "${String(version)}" is not a valid version. Versions: ${API_VERSIONS.join(', ')}.`);
  }
}

/** Where both are sent the vendor looks at `x-api-key`. */
function checkKey(key: unknown, bearer: string | undefined): void {
  const sent = key ?? bearer;
  if (sent === TEST_CREDENTIALS.anthropic.apiKey) return;
  const message = key === undefined ? 'Invalid bearer token' : 'invalid x-api-key';
  throw new RequestFault({
    kind: 'authentication',
    status: 401,
    message: sent === undefined ? 'x-api-key header is required' : message,
  } satisfies Fault);
}

/** Throws the vendor's 400 for a flaw, in the words of the validator that it uses. */
export function refuseFlaw(flaw: Flaw): never {
  refuse(`${toPlace(flaw.path)}: ${toWords(flaw)}`);
}

function toPlace(path: Path): string {
  return path.length === 0 ? 'body' : path.join('.');
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'list',
  object: 'dictionary',
  'string or array': 'string or list',
};

function toWords({ kind, path, expected, value, allowed = [], min, max }: Flaw): string {
  switch (kind) {
    case 'missing':
      return 'Field required';
    case 'unknown':
      return 'Extra inputs are not permitted';
    case 'type':
      return `Input should be a valid ${TYPE_WORDS[expected] ?? expected}`;
    case 'value':
      return path.at(-1) === 'type'
        ? `Input tag '${String(value)}' found using 'type' does not match any of the expected tags: ${quoted(allowed, ', ')}`
        : `Input should be ${quoted(allowed.slice(0, -1), ', ')}${allowed.length > 1 ? ' or ' : ''}${quoted(allowed.slice(-1), '')}`;
    case 'range':
      return typeof value === 'number' && value < (min ?? -Infinity)
        ? `Input should be greater than or equal to ${min}`
        : `Input should be less than or equal to ${max}`;
    case 'length':
      return lengthWords(expected, value, { min: min ?? 0, max: max ?? Infinity });
  }
}

function lengthWords(
  expected: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  const { length } = value as string | readonly unknown[];
  const bound = length < min ? `at least ${min}` : `at most ${max}`;
  return expected === 'string'
    ? `String should have ${bound} character${bound.endsWith(' 1') ? '' : 's'}`
    : `List should have ${bound} item${bound.endsWith(' 1') ? '' : 's'} after validation, not ${length}`;
}

function quoted(values: readonly string[], separator: string): string {
  return values.map((value) => `'${value}'`).join(separator);
}
