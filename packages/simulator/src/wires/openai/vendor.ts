import { RequestFault } from '../../steps.js';
import { TEST_CREDENTIALS, bearerOf } from '../../credentials.js';
import { typeOfJson, type Flaw, type Path } from '../../shape/shape.js';
import type { Asked, Vendor } from '../wire.js';
import type { FaultKind } from '../../steps.js';
import type { JsonObject } from '../../question.js';

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

/**
 * OpenAI's errors. Sources: developers.openai.com/api/docs/guides/error-codes; npm openai 7.57.0, core/error.d.ts; the
 * `x-ratelimit-*` headers of developers.openai.com/api/docs/guides/rate-limits.
 */
export const OPENAI: Vendor = {
  name: 'openai',
  requestIdHeader: 'x-request-id',
  cacheRule: 'automatic',
  admit,
  fault({ kind, message, param, code }) {
    const [type, usual] = WORDS[kind];
    return { error: { message, type, param: param ?? null, code: code ?? usual } satisfies JsonObject };
  },
  retryHeaders: (ms) => ({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': toDuration(ms),
  }),
};

function admit({ headers, world }: Asked): void {
  if (!world.checkKeys) return;
  const key = bearerOf(headers.authorization) ?? headers['api-key'];
  if (key === TEST_CREDENTIALS.openai.apiKey) return;
  const message =
    typeof key === 'string'
      ? `Incorrect API key provided: ${masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`
      : "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.";
  throw new RequestFault({ kind: 'authentication', status: 401, message });
}

function masked(key: string): string {
  return key.length <= 8 ? '*'.repeat(key.length) : `${key.slice(0, 4)}${'*'.repeat(key.length - 8)}${key.slice(-4)}`;
}

/** `1m30s`, `850ms`. */
function toDuration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Throws the vendor's 400 for a flaw. */
export function refuseFlaw(flaw: Flaw): never {
  const param = toParam(flaw.path);
  const [code, message] = toWords(flaw, param);
  throw new RequestFault({ kind: 'invalid', status: 400, message, param, code });
}

/** `messages[0].content`. */
function toParam(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

function toWords(
  { kind, expected, value, allowed, min, max }: Flaw,
  param: string,
): readonly [code: string, message: string] {
  switch (kind) {
    case 'missing':
      return ['missing_required_parameter', `Missing required parameter: '${param}'.`];
    case 'unknown':
      return ['unknown_parameter', `Unknown parameter: '${param}'.`];
    case 'type':
      return [
        'invalid_type',
        `Invalid type for '${param}': expected ${named(expected)}, but got ${article(typeOfJson(value))} instead.`,
      ];
    case 'value':
      return ['invalid_value', `Invalid value: '${String(value)}'. Supported values are: ${listed(allowed)}.`];
    case 'range':
      return typeof value === 'number' && value < (min ?? -Infinity)
        ? [
            `${numeric(value)}_below_min_value`,
            `Invalid '${param}': ${numeric(value)} below minimum value. Expected a value >= ${min}, but got ${value} instead.`,
          ]
        : [
            `${numeric(value)}_above_max_value`,
            `Invalid '${param}': ${numeric(value)} above maximum value. Expected a value <= ${max}, but got ${String(value)} instead.`,
          ];
    case 'length':
      return lengthWords({ expected, value, min, max }, param);
  }
}

function lengthWords(
  {
    expected,
    value,
    min,
    max,
  }: Pick<Flaw, 'expected' | 'value'> & { readonly min: number | undefined; readonly max: number | undefined },
  param: string,
): readonly [string, string] {
  const { length } = value as string | readonly unknown[];
  if (length < (min ?? 0)) {
    return [
      `empty_${expected}`,
      `Invalid '${param}': empty ${expected}. Expected a minimum length ${min}, but got an empty ${expected} instead.`,
    ];
  }
  return [
    `${expected}_above_max_length`,
    `Invalid '${param}': ${expected} too long. Expected a maximum length ${max}, but got one with length ${length} instead.`,
  ];
}

function numeric(value: unknown): string {
  return Number.isInteger(value) ? 'integer' : 'decimal';
}

/** `one of a string or array`. */
function named(expected: string): string {
  const types = expected.split(' or ');
  return types.length === 1 ? article(expected) : `one of ${article(types[0] ?? '')} or ${types.slice(1).join(' or ')}`;
}

function article(type: string): string {
  if (type === 'null') return 'null';
  return `${/^[aio]/.test(type) ? 'an' : 'a'} ${type === 'number' ? 'decimal' : type}`;
}

function listed(allowed: readonly string[] = []): string {
  const quoted = allowed.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
}
