import { isEscaped } from './json-scan.js';

/** A string longer than this is cut: a prompt, a picture, a document. */
const KEPT_CHARACTERS = 1_024;
/** A document with more quotes than this says, in characters for each, is read faster than it is looked through. */
const CHARACTERS_A_QUOTE = 16;
/** Of one character beyond U+FFFF, as two escapes. */
const LONGEST_ESCAPE = 12;
const QUOTE = '"';
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** Stands where a string was cut: no URL ends with it, so none that is cut is taken for the whole. */
const CUT = '\\u0000';
/** No white space of JSON stands behind it. */
const SPACE = 0x20;

/**
 * The text of a JSON document with nothing left of a long string but its beginning and a NUL: finding where a string ends
 * takes a fraction of the time of reading it. What is cut off is checked by nobody. All else stays, so the text is JSON exactly if
 * the document is, but for that: where a string ends depends on nothing but its backslashes, and whoever reads the whole
 * finds the same members.
 *
 * Undefined where nothing is long, where it would not be faster, and for some texts that are not JSON.
 */
export function cutStrings(text: string): string | undefined {
  let kept = '';
  let from = 0;
  let quotes = text.length / CHARACTERS_A_QUOTE;
  for (let open = text.indexOf(QUOTE); open >= 0;) {
    let close = text.indexOf(QUOTE, open + 1);
    for (; close >= 0 && isEscaped(text, close); quotes -= 1) close = text.indexOf(QUOTE, close + 1);
    quotes -= 2;
    if (close < 0 || quotes < 0) return undefined;
    if (close - open - 1 > KEPT_CHARACTERS) {
      if (isName(text, close)) return undefined;
      kept += text.slice(from, endOfBeginning(text, open + 1)) + CUT;
      from = close;
    }
    open = text.indexOf(QUOTE, close + 1);
  }
  return from === 0 ? undefined : kept + text.slice(from);
}

/** Whether a string is the name of a member. */
function isName(text: string, quote: number): boolean {
  let at = quote + 1;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}

/**
 * Where to cut a long string: not inside of an escape. Where it may begin does not move with what was found, or escapes that
 * stand close together would let the sender choose how much is read.
 */
function endOfBeginning(text: string, start: number): number {
  const most = start + KEPT_CHARACTERS;
  let end = most;
  for (let at = most - 1; at >= most - LONGEST_ESCAPE; at -= 1) {
    if (text.charCodeAt(at) === BACKSLASH) end = at;
  }
  return isEscaped(text, end) ? end + 1 : end;
}
