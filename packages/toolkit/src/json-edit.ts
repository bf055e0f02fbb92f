import { gatewayError } from '@sluice/contract';
import { asBuffer } from './bytes.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const BYTE_ORDER_MARK = 0xef;

/**
 * Replaces the value of one top-level key in the text of a JSON object and leaves every other byte as it is, but for a
 * byte order mark, which goes. The text must have passed `JSON.parse`. Adds the key in front when it is missing. Throws
 * `duplicate_key` when it stands there twice: which one a reader takes is its own affair, so there must be only one.
 */
export function setTopLevel(json: Uint8Array, key: string, value: unknown): Buffer {
  const bytes = toBuffer(json);
  const range = findTopLevel(bytes, key);
  if (!range) return addTopLevel(bytes, key, value);
  return Buffer.concat([bytes.subarray(0, range.start), Buffer.from(JSON.stringify(value)), bytes.subarray(range.end)]);
}

/** Puts a key that the object does not have in front of the others. The text must have passed `JSON.parse`. */
export function addTopLevel(json: Uint8Array, key: string, value: unknown): Buffer {
  const bytes = toBuffer(json);
  const inside = skipSpace(bytes, 0) + 1;
  const comma = bytes[skipSpace(bytes, inside)] === CLOSE_BRACE ? '' : ',';
  const member = Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}${comma}`);
  return Buffer.concat([bytes.subarray(0, inside), member, bytes.subarray(inside)]);
}

/**
 * Takes a member away, however often it stands there; `path` leads to it through objects inside. All other bytes stay as
 * they are, but for a comma beside it and a byte order mark. The text must have passed `JSON.parse`.
 */
export function removeMember(json: Uint8Array, path: readonly string[]): Buffer {
  let bytes = toBuffer(json);
  for (;;) {
    const found = findMember(bytes, skipSpace(bytes, 0), path);
    if (!found) return bytes;
    bytes = Buffer.concat([bytes.subarray(0, found.start), bytes.subarray(found.end)]);
  }
}

/**
 * Gives the text of one top-level value to `edit` and puts what comes back in its place. The text must have passed
 * `JSON.parse` and have the key. Throws `duplicate_key` as {@link setTopLevel} does.
 */
export function editTopLevel(json: Uint8Array, key: string, edit: (value: Buffer) => Buffer): Buffer {
  const bytes = toBuffer(json);
  const range = findTopLevel(bytes, key);
  if (!range) return bytes;
  const { start, end } = range;
  return Buffer.concat([bytes.subarray(0, start), edit(bytes.subarray(start, end)), bytes.subarray(end)]);
}

/** {@link editTopLevel} for each item of a list's text; what stands between the items stays. */
export function editItems(list: Buffer, edit: (item: Buffer) => Buffer): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  let at = skipSpace(list, 1);
  while (at < list.length && list[at] !== CLOSE_BRACKET) {
    const end = valueEnd(list, at);
    pieces.push(list.subarray(copied, at), edit(list.subarray(at, end)));
    copied = end;
    at = skipSpace(list, end);
    if (list[at] === COMMA) at = skipSpace(list, at + 1);
  }
  return Buffer.concat([...pieces, list.subarray(copied)]);
}

/** From `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the value of `key` stands, when that is the object's first member. The text need not be JSON all the way. */
export function leadingValue(bytes: Buffer, key: string): ByteRange | undefined {
  const open = skipSpace(bytes, 0);
  if (bytes[open] !== OPEN_BRACE) return undefined;
  const name = skipSpace(bytes, open + 1);
  const nameEnd = name + key.length + 1;
  if (bytes[name] !== QUOTE || !standsAt(bytes, name + 1, key) || bytes[nameEnd] !== QUOTE) return undefined;
  const colon = skipSpace(bytes, nameEnd + 1);
  if (bytes[colon] !== COLON) return undefined;
  const start = skipSpace(bytes, colon + 1);
  return { start, end: valueEnd(bytes, start) };
}

/** Whether a text of ASCII characters stands at `at`. */
function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function findTopLevel(bytes: Buffer, key: string): ByteRange | undefined {
  let found: ByteRange | undefined;
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  while (bytes[at] === QUOTE) {
    const keyEnd = stringEnd(bytes, at);
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, start);
    if (JSON.parse(bytes.toString('utf8', at, keyEnd)) === key) {
      if (found) throw gatewayError('duplicate_key', { message: `"${key}" stands twice.`, details: { param: key } });
      found = { start, end };
    }
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return found;
}

/** What to cut for the member at `path` to go from the object that opens at `open`: with the comma behind or before it. */
function findMember(bytes: Buffer, open: number, [key, ...inside]: readonly string[]): ByteRange | undefined {
  let before = open + 1;
  let at = skipSpace(bytes, before);
  while (bytes[at] === QUOTE) {
    const keyEnd = stringEnd(bytes, at);
    const value = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, value);
    const behind = skipSpace(bytes, end);
    const next = bytes[behind] === COMMA ? skipSpace(bytes, behind + 1) : undefined;
    if (JSON.parse(bytes.toString('utf8', at, keyEnd)) === key) {
      if (inside.length === 0) return next === undefined ? { start: before, end } : { start: at, end: next };
      const deeper = bytes[value] === OPEN_BRACE ? findMember(bytes, value, inside) : undefined;
      if (deeper) return deeper;
    }
    if (next === undefined) return undefined;
    before = end;
    at = next;
  }
  return undefined;
}

/** Index behind the value that starts at `at`. */
function valueEnd(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return stringEnd(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return nestedEnd(bytes, at);
  let end = at;
  while (end < bytes.length && !isDelimiter(bytes[end])) end += 1;
  return end;
}

/** Index behind the closing quote of the string that opens at `at`. */
function stringEnd(bytes: Buffer, at: number): number {
  let quote = bytes.indexOf(QUOTE, at + 1);
  while (quote >= 0 && isEscaped(bytes, quote)) quote = bytes.indexOf(QUOTE, quote + 1);
  return quote < 0 ? bytes.length : quote + 1;
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0;
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function nestedEnd(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) i = stringEnd(bytes, i) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return bytes.length;
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON || isSpace(byte);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function toBuffer(bytes: Uint8Array): Buffer {
  const buffer = asBuffer(bytes);
  return buffer[0] === BYTE_ORDER_MARK ? buffer.subarray(3) : buffer;
}
