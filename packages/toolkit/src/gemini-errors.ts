import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject, ResponseHead } from '@sluice/contract';
import { classifyReported, classifyStatus } from './classify-status.js';
import type { VendorError } from './classify-status.js';
import { isJsonObject } from './json.js';
import { parseRetryAfter } from './retry-after.js';
import { given } from './given.js';
import { asText } from './tolerant.js';

/**
 * Google's errors, `{"error": {"code", "message", "status", "details"}}`: a `google.rpc.Status` with its HTTP code, its
 * details as `google.rpc.ErrorInfo`, `RetryInfo`, `BadRequest` and others. https://google.aip.dev/193
 */

/** Names of statuses and the HTTP code that each has. https://cloud.google.com/apis/design/errors#handling_errors */
const CODE_OF_STATUS: ReadonlyMap<string, number> = new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['OUT_OF_RANGE', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ABORTED', 409],
  ['ALREADY_EXISTS', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['DATA_LOSS', 500],
  ['UNKNOWN', 500],
  ['INTERNAL', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
]);

const STATUS_OF_CODE: ReadonlyMap<number, string> = new Map([
  [401, 'UNAUTHENTICATED'],
  [402, 'RESOURCE_EXHAUSTED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
]);

/** The status that this wire's clients expect with an HTTP code. */
export function toRpcStatus(code: number): string {
  return STATUS_OF_CODE.get(code) ?? (code < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}

/** An error body in this wire; `details` are objects with an `@type` each. */
export function writeGoogleError(code: number, message: string, details: readonly JsonObject[]): string {
  return JSON.stringify({ error: { code, message, status: toRpcStatus(code), details } });
}

/** An error of Google as far as its class depends on it. */
export interface GoogleError extends VendorError {
  readonly code?: string;
  readonly type?: string;
  readonly httpCode?: number;
  readonly retryAfterMs?: number;
}

/** What an error body says, also in the list that a stream without `alt=sse` sends; empty for anything else. */
export function readGoogleError(body: unknown): GoogleError {
  if (Array.isArray(body)) return readGoogleError(body[0]);
  const error = isJsonObject(body) ? body.error : undefined;
  if (!isJsonObject(error)) return {};
  const details = Array.isArray(error.details) ? error.details.filter(isJsonObject) : [];
  const reason = asText(find(details, 'ErrorInfo')?.reason);
  const status = asText(error.status);
  const httpCode = isHttpCode(error.code) ? error.code : CODE_OF_STATUS.get(status ?? '');
  const retryAfterMs = toMs(find(details, 'RetryInfo')?.retryDelay);
  const param = firstField(find(details, 'BadRequest'));
  return {
    ...given('message', asText(error.message)),
    ...given('type', status),
    ...given('code', reason),
    ...given('param', param),
    ...given('httpCode', httpCode),
    ...given('retryAfterMs', retryAfterMs),
  };
}

/** Words for a prompt that is too long: the Gemini API's, then Vertex AI's. */
const TOO_LONG =
  /input token count .{0,40}(?:exceeds the maximum|only supports up to)|exceeds the maximum number of tokens/i;
/** An account that may not be used from where the gateway runs, or that nobody pays for: no fault of the caller's. */
const ACCOUNT = /location is not supported|billing/i;

/** An answer outside 200-299 as an error of the table. Total. */
export function classifyGoogle(head: ResponseHead, error: GoogleError): GatewayError {
  const headers = head.headers['retry-after'] === undefined ? { ...head.headers, ...waitHeader(error) } : head.headers;
  return classifyStatus({ status: statusFor(head.status, error), headers }, toVendorError(error));
}

/** An error inside a 200 answer, judged by its own code. Total. */
export function classifyGoogleInBand(error: GoogleError): GatewayError {
  const found = classifyReported(toVendorError(error), error.httpCode && statusFor(error.httpCode, error));
  const retryAfterMs = parseRetryAfter({ status: 200, headers: waitHeader(error) });
  if (retryAfterMs === undefined) return found;
  return gatewayError(found.code, { message: found.message, details: { ...found.details, retryAfterMs } });
}

/** What the details say of waiting, in the header's words, so that the same bounds hold for both. */
function waitHeader({ retryAfterMs }: GoogleError): Readonly<Record<string, string>> {
  return retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) };
}

/** Google says 400 of a key that it does not know, and of an account that it does not serve. */
function statusFor(status: number, { type, code = '', message = '' }: GoogleError): number {
  if (status === 400 && code.startsWith('API_KEY_')) return 401;
  if (status === 400 && type === 'FAILED_PRECONDITION' && ACCOUNT.test(message)) return 403;
  // Whoever gave up on the request, it was not at fault.
  return status === 499 ? 500 : status;
}

function toVendorError(error: GoogleError): VendorError {
  return TOO_LONG.test(error.message ?? '') ? { ...error, code: 'context_length_exceeded' } : error;
}

function find(details: readonly JsonObject[], type: string): JsonObject | undefined {
  return details.find((detail) => asText(detail['@type'])?.endsWith(`google.rpc.${type}`));
}

function firstField(badRequest: JsonObject | undefined): string | undefined {
  const violations: unknown = badRequest?.fieldViolations;
  const first: unknown = Array.isArray(violations) ? violations[0] : undefined;
  return isJsonObject(first) ? asText(first.field) : undefined;
}

/** A `google.protobuf.Duration` in JSON: seconds with up to nine decimals and an `s`. */
function toMs(duration: unknown): number | undefined {
  const seconds = typeof duration === 'string' ? /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
}

function isHttpCode(code: unknown): code is number {
  return typeof code === 'number' && Number.isInteger(code) && code >= 400 && code < 600;
}
