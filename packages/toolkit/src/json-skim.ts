import { parseReplacing } from './json.js';

/** A string of this length or more is left unread: a prompt, a picture, a document. */
const LONG_STRING = 4_096;
/** A document with more quotes than this says, in characters for each, is read faster than it is looked through. */
const CHARACTERS_A_QUOTE = 16;
const QUOTE = '"';
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** No white space of JSON stands behind it. */
const SPACE = 0x20;

/**
 * A JSON document of which the long strings are left as they are written, their escapes undone and unchecked: finding
 * where a string ends takes a fraction of the time of reading it. All else is read as `parseExact` reads it.
 *
 * Undefined where nothing is long, where it would not be faster, and for some texts that are not JSON; the whole is
 * then to be parsed. Throws a `SyntaxError` as `JSON.parse` does. Where a string ends depends on nothing but its
 * backslashes, so no text has other members to a reader of the whole.
 */
export function skimJson(text: string): unknown {
  const strings = longStrings(text);
  if (!strings || strings.length === 0) return undefined;
  const rest = withoutRanges(text, strings);
  const mark = unusedMark(rest);
  const marked = rest.map((piece, index) => (index === 0 ? piece : `${mark}${index - 1}${piece}`)).join('');
  return parseReplacing(
    marked,
    new Map(strings.map(({ start, end }, index) => [`"${mark}${index}"`, text.slice(start, end)])),
  );
}

/** What stands between a string's quotes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

function longStrings(text: string): readonly Range[] | undefined {
  const found: Range[] = [];
  let quotes = text.length / CHARACTERS_A_QUOTE;
  for (let open = text.indexOf(QUOTE); open >= 0;) {
    const start = open + 1;
    let end = text.indexOf(QUOTE, start);
    for (; end >= 0 && isEscaped(text, end); quotes -= 1) end = text.indexOf(QUOTE, end + 1);
    quotes -= 2;
    if (end < 0 || quotes < 0) return undefined;
    if (end - start >= LONG_STRING) {
      if (isName(text, end)) return undefined;
      found.push({ start, end });
    }
    open = text.indexOf(QUOTE, end + 1);
  }
  return found;
}

/** Whether a string is the name of a member. */
function isName(text: string, quote: number): boolean {
  let at = quote + 1;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

function withoutRanges(text: string, ranges: readonly Range[]): string[] {
  let from = 0;
  const pieces = ranges.map(({ start, end }) => {
    const piece = text.slice(from, start);
    from = end;
    return piece;
  });
  return [...pieces, text.slice(from)];
}

/** What no string of the document is written as. */
function unusedMark(pieces: readonly string[]): string {
  let mark = '~';
  while (pieces.some((piece) => piece.includes(mark))) mark += '~';
  return mark;
}
