/** What the attempt loop does with a failure of one target. */
export type RetryRule =
  /** The caller's own doing, or the gateway's: another target would not help. */
  | 'never'
  /** This target failed: the next one may answer. */
  | 'next-target';

/** The groups that an alias names under `fallbackOn`. */
export type FailureClass =
  | 'rate_limit'
  /** The provider, or the gateway's own bound, has no room: the code `overloaded`, whatever class it has besides. */
  | 'overloaded'
  | 'server_error'
  | 'timeout'
  | 'connection'
  | 'truncated'
  | 'context_length'
  | 'content_policy'
  | 'bad_request'
  | 'budget';

/** What an error is, to the caller and to the attempt loop. */
export interface ErrorRow {
  /** HTTP status of the answer; 499 appears only in logs and the ledger. */
  readonly status: number;
  /** `error.type` in the OpenAI dialect; the other dialects derive theirs from the status. */
  readonly type: string;
  readonly retry: RetryRule;
  readonly failureClass?: FailureClass;
  /** The code that callers see instead; this one is for the attempt loop, the log and the ledger. */
  readonly shownAs?: string;
  /** One sentence for `docs/errors.md`. */
  readonly summary: string;
}

const invalid = (summary: string, status = 400): ErrorRow => ({
  status,
  type: 'invalid_request_error',
  retry: 'never',
  summary,
});
const upstream = (status: number, failureClass: FailureClass, summary: string): ErrorRow => ({
  status,
  type: 'upstream_error',
  retry: 'next-target',
  failureClass,
  summary,
});
const overloaded = (summary: string, retry: RetryRule = 'never'): ErrorRow => ({
  status: 503,
  type: 'overloaded_error',
  retry,
  summary,
});
const forbidden = (summary: string): ErrorRow => ({ status: 403, type: 'permission_error', retry: 'never', summary });
const limited = (summary: string): ErrorRow => ({ status: 429, type: 'rate_limit_error', retry: 'never', summary });

/** Every code that a caller, a log line or a ledger row can carry. `docs/errors.md` is generated from it. */
export const ERROR_TABLE = {
  invalid_json: invalid('The body is not one JSON document.'),
  invalid_utf8: invalid('The body is not valid UTF-8.'),
  json_too_deep: invalid('The body nests deeper than the gateway accepts.'),
  json_too_many_keys: invalid('The body holds more keys than the gateway accepts.'),
  duplicate_key: invalid('An object in the body has the same key twice.'),
  number_out_of_range: invalid('A number in the body cannot be represented exactly.'),
  missing_required_parameter: invalid('A required parameter is missing.'),
  invalid_type: invalid('A parameter has the wrong type.'),
  invalid_value: invalid('A parameter has a value that is not allowed.'),
  unknown_parameter: invalid('A parameter that the gateway refuses to forward.'),
  unsafe_url: invalid('A URL that the gateway refuses to fetch.'),
  context_length_exceeded: {
    ...invalid('The prompt is longer than the model accepts.'),
    retry: 'next-target',
    failureClass: 'context_length',
  },
  upstream_rejected: { ...invalid('The provider refused the request.'), failureClass: 'bad_request' },
  content_policy_violation: {
    ...invalid('The provider or a guard refused the content.'),
    failureClass: 'content_policy',
  },
  missing_api_key: invalid('No credential was sent.', 401),
  invalid_api_key: invalid('The credential is unknown, malformed or contradicts another one.', 401),
  expired_api_key: invalid('The key has expired.', 401),
  revoked_api_key: invalid('The key was revoked.', 401),
  invalid_token: invalid('The bearer token is not valid here.', 401),
  expired_token: invalid('The bearer token has expired.', 401),
  model_not_allowed: forbidden('The key may not use this model.'),
  route_not_allowed: forbidden('The key may not use this endpoint.'),
  ip_not_allowed: forbidden('The key may not be used from this address.'),
  origin_not_allowed: forbidden('The browser origin is not allowed.'),
  model_not_found: invalid('The model is neither an alias, nor `provider/model`, nor known to a provider.', 404),
  upstream_model_not_found: {
    ...invalid('The provider does not have the model.', 404),
    retry: 'next-target',
    shownAs: 'model_not_found',
  },
  unknown_url: invalid('There is no such endpoint.', 404),
  not_found: invalid('There is no such object.', 404),
  method_not_allowed: invalid('The endpoint does not take this method.', 405),
  request_timeout: invalid('The request did not arrive in time.', 408),
  idempotency_in_progress: invalid('A request with this idempotency key is still running.', 409),
  request_too_large: invalid('The body is larger than the gateway accepts.', 413),
  unsupported_media_type: invalid('The body is not of a type that the endpoint takes.', 415),
  unsupported_content_encoding: invalid('The body is compressed in a way that the endpoint does not take.', 415),
  unsupported_charset: invalid('The body is not UTF-8.', 415),
  idempotency_key_reused: invalid('The idempotency key was used with another body.', 422),
  rate_limit_exceeded: limited('The key used up its requests for this window.'),
  tokens_limit_exceeded: limited('The key used up its tokens for this window.'),
  concurrency_limit_exceeded: limited('The key has too many requests in flight.'),
  insufficient_quota: {
    status: 429,
    type: 'insufficient_quota',
    retry: 'never',
    failureClass: 'budget',
    summary: 'The budget is used up.',
  },
  internal_error: { status: 500, type: 'server_error', retry: 'never', summary: 'The gateway failed.' },
  interrupted: {
    status: 500,
    type: 'server_error',
    retry: 'never',
    summary: "The gateway's process ended before the request did; only rows of the ledger have this code.",
  },
  upstream_rate_limited: {
    ...limited('The provider limits the gateway.'),
    retry: 'next-target',
    shownAs: 'rate_limit_exceeded',
    failureClass: 'rate_limit',
  },
  upstream_connection_error: upstream(502, 'connection', 'The provider could not be reached.'),
  upstream_invalid_response: upstream(502, 'server_error', 'The provider failed or answered something unusable.'),
  upstream_truncated: upstream(502, 'truncated', "The provider's answer was cut."),
  upstream_auth_error: upstream(502, 'server_error', "The provider refused the gateway's own credentials."),
  upstream_timeout: upstream(504, 'timeout', 'The provider did not answer in time.'),
  overloaded: {
    ...overloaded('The gateway or the provider is overloaded.', 'next-target'),
    failureClass: 'server_error',
  },
  no_healthy_provider: overloaded('Every target of the model is out of order.', 'next-target'),
  limiter_unavailable: overloaded('The store of the limits does not answer.'),
  budget_unavailable: overloaded('The store of the budgets does not answer.'),
  draining: overloaded('The gateway is shutting down.'),
  storage_unavailable: overloaded('A store that the request needs cannot be asked.'),
  client_closed_request: {
    status: 499,
    type: 'invalid_request_error',
    retry: 'never',
    summary: 'The caller left before the answer was complete.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** Facts about a failure that the answer, the log or the attempt loop uses. Never content, never credentials. */
export interface ErrorDetails {
  /** Path of the parameter at fault, in the caller's dialect: `messages[0].content`. */
  readonly param?: string;
  /** How long the caller, or the gateway at this target, should wait. */
  readonly retryAfterMs?: number;
  readonly provider?: string;
  /** A store is there and well, and has no room for the value: who asks again in a moment is told the same. */
  readonly isFull?: boolean;
  /** In place of the table's, where an operator chose it: 402 for a budget. */
  readonly status?: number;
  /** HTTP status that the provider sent. */
  readonly upstreamStatus?: number;
  /** The provider's own code for a refused request; shown instead of `upstream_rejected`. */
  readonly upstreamCode?: string;
  /** Methods for the `Allow` header of a 405. */
  readonly allow?: readonly string[];
  /** Headers that the answer carries, such as `x-ratelimit-*`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GatewayErrorInit {
  /** Safe to show to the caller: no credentials, paths of files or raw provider text. */
  readonly message?: string;
  /** Never shown; kept for debugging. */
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

const BRAND = Symbol.for('sluice.error');

/** The one failure that crosses package borders. Recognise it with {@link isGatewayError}, never with `instanceof`. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, { message, cause, details = {} }: GatewayErrorInit = {}) {
    super(message ?? ERROR_TABLE[code].summary, cause === undefined ? undefined : { cause });
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }
}

/** Makes (does not throw) an error of the table. */
export function gatewayError(code: ErrorCode, init?: GatewayErrorInit): GatewayError {
  return new GatewayError(code, init);
}

/** True for errors of any copy of this package; with `code`, only for that code. */
export function isGatewayError(error: unknown, code?: ErrorCode): error is GatewayError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as GatewayError).code === code;
}

/** Any thrown value as an error of the table; what is unknown becomes `internal_error` with the original as cause. */
export function toGatewayError(cause: unknown): GatewayError {
  if (isGatewayError(cause)) return cause;
  return gatewayError('internal_error', { message: 'The gateway failed to handle the request.', cause });
}

/** The table's row for an error's code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return ERROR_TABLE[code];
}

/** HTTP status of the answer to an error. */
export function statusOf({ code, details }: GatewayError): number {
  return details.status ?? ERROR_TABLE[code].status;
}
