import { gatewayError } from '@sluice/contract';
import type { JsonObject } from '@sluice/contract';

const UTF8 = new TextDecoder();

/** True for `{...}`: not for arrays, not for null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text as a JSON value, nothing where it is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes as text, without a byte order mark; what is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** A provider's plain answer. Throws `upstream_truncated` where it breaks off, `upstream_invalid_response` otherwise. */
export function parseUpstreamJson(body: Uint8Array): JsonObject {
  const text = decodeText(body);
  const value = tryParseJson(text);
  if (isJsonObject(value)) return value;
  if (value === undefined && /^\s*[{[]/.test(text)) {
    throw gatewayError('upstream_truncated', { message: "The provider's answer breaks off." });
  }
  throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a JSON object." });
}
