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

/** No integer that a double cannot keep has fewer digits. */
const MANY_DIGITS = /\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * As {@link tryParseJson}, for what is only carried: an integer that a number cannot keep, as many ids are, stays as it is
 * written, and `JSON.stringify` writes it so again. Nothing can be calculated with such a member.
 */
export function tryParseExact(text: string): unknown {
  if (!MANY_DIGITS.test(text)) return tryParseJson(text);
  try {
    return parseWithSource(text, keepDigits);
  } catch {
    return undefined;
  }
}

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Part of ECMAScript's proposal "JSON.parse source text access", in Node since 21; the compiler's library lacks it. */
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON: writtenAs } = JSON as unknown as { rawJSON(source: string): unknown };

function keepDigits(_key: string, value: unknown, { source = '' }: { readonly source?: string }): unknown {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && INTEGER.test(source) ? writtenAs(source) : value;
}

/** Bytes as text, without a byte order mark; what is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/**
 * A provider's plain answer. Throws `upstream_truncated` where it breaks off, `upstream_invalid_response` otherwise.
 * `parse` is {@link tryParseExact} for an answer that holds arguments of tools as objects.
 */
export function parseUpstreamJson(body: Uint8Array, parse: (text: string) => unknown = tryParseJson): JsonObject {
  const text = decodeText(body);
  const value = parse(text);
  if (isJsonObject(value)) return value;
  if (value === undefined && /^\s*[{[]/.test(text)) {
    throw gatewayError('upstream_truncated', { message: "The provider's answer breaks off." });
  }
  throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a JSON object." });
}
