import type { GatewayError } from '@sluice/contract';
import { classifyReported } from './classify-status.js';
import type { VendorError } from './classify-status.js';
import { given } from './given.js';
import { decodeText, isJsonObject, tryParseJson } from './json.js';

/** The status that a `code` or `type` has where it comes as a plain answer. */
const STATUS_OF_NAME: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['BadRequestError', 400],
  ['context_length_exceeded', 400],
  ['exceed_context_size_error', 400],
  ['content_filter', 400],
  ['content_policy_violation', 400],
  ['authentication_error', 401],
  ['invalid_api_key', 401],
  ['permission_error', 403],
  ['permission_denied', 403],
  ['not_found_error', 404],
  ['model_not_found', 404],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['overloaded_error', 503],
  ['server_overloaded', 503],
  ['unavailable_error', 503],
  ['service_unavailable', 503],
  ['timeout', 504],
  ['timeout_error', 504],
  // Z.ai's numbers, https://docs.z.ai/api-reference/api-code and https://docs.bigmodel.cn/cn/api/api-code
  ['1000', 401],
  ['1001', 401],
  ['1002', 401],
  ['1003', 401],
  ['1004', 401],
  ['1113', 402],
  ['1210', 400],
  ['1211', 404],
  ['1213', 400],
  ['1214', 400],
  ['1261', 400],
  ['1301', 400],
  ['1302', 429],
  ['1303', 429],
  ['1304', 429],
  ['1305', 503],
  ['1308', 429],
  ['1312', 503],
  // MiniMax's, https://platform.minimax.io/docs/api-reference/errorcode
  ['base_resp 1002', 429],
  ['base_resp 1004', 401],
  ['base_resp 1008', 402],
  ['base_resp 1026', 400],
  ['base_resp 1027', 400],
  ['base_resp 1039', 400],
  ['base_resp 2013', 400],
  ['base_resp 2049', 401],
  // xAI's words in a `code`, npm @ai-sdk/xai 3.0.138, src/xai-chat-language-model.ts
  ['The service is currently unavailable', 503],
]);

/** What an error body says, in any of the shapes that servers of this dialect use; empty for anything else. */
export function readOpenAiError(body: unknown): VendorError {
  if (Array.isArray(body)) return readOpenAiError(body[0]);
  if (!isJsonObject(body)) return {};
  const { error, detail } = body;
  if (isJsonObject(error)) return readFields(error);
  if (typeof error === 'string') return { message: error, code: toText(body.code) };
  if (detail !== undefined) return readDetail(detail);
  if (isJsonObject(body.base_resp)) return readBaseResp(body.base_resp);
  // Mistral's own envelope around FastAPI's errors.
  if (isJsonObject(body.message)) return { ...readFields(body), ...readDetail(body.message.detail) };
  return readFields(body);
}

/** {@link readOpenAiError} of a body that may be no JSON at all. */
export function parseOpenAiError(body: Uint8Array): VendorError {
  return readOpenAiError(tryParseJson(decodeText(body)));
}

/** Whether an answer, or one chunk of it, is an error in truth. */
export function isErrorAnswer(body: Readonly<Record<string, unknown>>): boolean {
  if (body.object === 'error' || isJsonObject(body.error)) return true;
  return (typeof body.error === 'string' && body.error !== '') || isFailedBaseResp(body.base_resp);
}

/** MiniMax answers 200 to everything; what became of it stands here. */
function isFailedBaseResp(base: unknown): boolean {
  return isJsonObject(base) && typeof base.status_code === 'number' && base.status_code !== 0;
}

function readBaseResp({ status_code: code, status_msg: message }: Readonly<Record<string, unknown>>): VendorError {
  return { message: toText(message), code: `base_resp ${toText(code) ?? ''}` };
}

/** An error inside a 200 answer, judged by the status that its code or type has elsewhere. */
export function classifyInBand(vendor: VendorError): GatewayError {
  return classifyReported(vendor, statusOf(vendor.code) ?? statusOf(vendor.type));
}

function statusOf(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  return /^[45]\d\d$/.test(name) ? Number(name) : STATUS_OF_NAME.get(name);
}

function readFields({ message, type, code, param }: Readonly<Record<string, unknown>>): VendorError {
  return { message: toText(message), type: toText(type), code: toText(code), param: toText(param) };
}

/** FastAPI's own errors: one text, or a list of `{loc, msg}`, where `loc` leads from the body to the field at fault. */
function readDetail(detail: unknown): VendorError {
  const first: unknown = Array.isArray(detail) ? detail[0] : detail;
  if (!isJsonObject(first)) return { message: toText(first) };
  const { msg, message, loc } = first;
  const path = Array.isArray(loc) ? loc.filter((step) => step !== 'body').join('.') : '';
  return { message: toText(msg ?? message), ...given('param', path === '' ? undefined : path) };
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
