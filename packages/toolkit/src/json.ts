import { gatewayError } from '@sluice/contract';
import type { JsonObject } from '@sluice/contract';
import { scanJson } from './json-scan.js';

const UTF8 = new TextDecoder();

/** True for `{...}`: not for arrays, not for null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text as it is, and an empty one for anything else. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** True for a list of numbers, as a vector is one. */
export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

/** The text as a JSON value, nothing where it is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const INTEGER = /^-?\d+$/;
/** What of a number's text is no significant digit of it, but for the zeros at its ends. */
const NOT_SIGNIFICANT = /[-.]|[eE].*/g;
const OUTER_ZEROS = /^0+|0+$/g;
/** `toPrecision` takes no more. */
const MAX_PRECISION = 100;

/**
 * As `JSON.parse`, for what is only carried: a number that a double cannot keep, as many ids are, stays as it is written,
 * and `JSON.stringify` writes it so again. Nothing can be calculated with such a member; {@link isExactNumber} knows it.
 * Throws a `SyntaxError`.
 */
export function parseExact(text: string): unknown {
  return parseScanned(text, scanJson(text).hasFarNumber);
}

/** The same where it is known whether there may be such a number. */
export function parseScanned(text: string, hasFarNumber: boolean): unknown {
  return hasFarNumber ? parseWithSource(text, keepWritten) : JSON.parse(text);
}

/** As {@link parseExact}; nothing where the text is not JSON. */
export function tryParseExact(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Part of ECMAScript's proposal "JSON.parse source text access", in Node since 21; the compiler's library lacks it. */
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON: writtenAs, isRawJSON } = JSON as unknown as {
  rawJSON(source: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/** True for a number that {@link parseExact} left as it is written. */
export function isExactNumber(value: unknown): boolean {
  return isRawJSON(value);
}

function keepWritten(_key: string, value: unknown, { source = '' }: { readonly source?: string }): unknown {
  return typeof value === 'number' && !isKept(value, source) ? writtenAs(source) : value;
}

/**
 * Whether a double says what is written. Of an integer every digit counts, and `JSON.stringify` rounds some that a double
 * holds; a fraction is kept by the double that it was printed from, with however many digits.
 */
function isKept(value: number, source: string): boolean {
  if (INTEGER.test(source)) return Number.isSafeInteger(value) || String(value) === source;
  const digits = significant(source);
  if (significant(String(value)) === digits) return true;
  return digits.length <= MAX_PRECISION && significant(value.toPrecision(digits.length || 1)) === digits;
}

function significant(source: string): string {
  return source.replace(NOT_SIGNIFICANT, '').replace(OUTER_ZEROS, '');
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
