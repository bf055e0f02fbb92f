const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LOWER_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** A double keeps every integer and every fraction that is written with fewer characters. */
const LONG_NUMBER = 16;
/** Keys are mostly shorter: looking at each character costs less than a call. */
const SHORT = 12;

/** What the text of a JSON document holds beside its strings. Of a text that is no JSON it says nothing in particular. */
export interface JsonShape {
  /** Members of all objects, those that stand twice counted twice. */
  keys: number;
  /** Objects and lists. */
  containers: number;
  /** How many of them lie in each other, at most. */
  depth: number;
  /** Those that were not closed. */
  open: number;
  /** Whether some number may be one that a double does not keep. */
  hasFarNumber: boolean;
}

export interface ScanLimits {
  /** Of keys and containers together. */
  readonly most: number;
  readonly depth: number;
}
const UNLIMITED: ScanLimits = { most: Number.POSITIVE_INFINITY, depth: 0 };

/**
 * Reads a text once, in time that grows with what is not in strings: those are skipped by a search for their end. Stops
 * where there is more than allowed; but of what is deeper than allowed the end is wanted, for it may be no JSON at all.
 */
export function scanJson(text: string, limits = UNLIMITED): JsonShape {
  const { most } = limits;
  const shape: JsonShape = { keys: 0, containers: 0, depth: 0, open: 0, hasFarNumber: false };
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = stringEnd(text, at);
    else if (char <= COMMA) continue;
    else if (char === COLON) {
      shape.keys += 1;
      if (shape.keys > most && shape.depth <= limits.depth) return shape;
    } else if (char <= NINE) at = readNumber(text, at, shape);
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      if (open(shape) > most && shape.depth <= limits.depth) return shape;
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) shape.open -= 1;
  }
  return shape;
}

/** How much there is so far. */
function open(shape: JsonShape): number {
  shape.open += 1;
  if (shape.open > shape.depth) shape.depth = shape.open;
  shape.containers += 1;
  return shape.containers + shape.keys;
}

/** Index of the quote that closes the string which opens at `at`; behind the text where none does. */
export function stringEnd(text: string, at: number): number {
  const near = Math.min(at + SHORT, text.length);
  let from = at + 1;
  for (; from < near; from += 1) {
    const char = text.charCodeAt(from);
    if (char === QUOTE) return from;
    if (char === BACKSLASH) break;
  }
  let end = text.indexOf('"', from);
  while (end >= 0 && text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** Whether an odd number of backslashes stands before `at`. */
export function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** Index of the last character of what begins as a number does. */
function readNumber(text: string, at: number, shape: JsonShape): number {
  let end = at + 1;
  for (; ; end += 1) {
    const char = text.charCodeAt(end);
    if (char >= ZERO && char <= NINE) continue;
    if (char === LOWER_E || char === UPPER_E) shape.hasFarNumber = true;
    else if (char !== POINT && char !== MINUS) break;
  }
  if (end - at >= LONG_NUMBER) shape.hasFarNumber = true;
  return end - 1;
}
