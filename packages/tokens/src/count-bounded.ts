export type CountText = (text: string) => number;
export interface BoundedCount {
  readonly tokens: number;
  /** False where parts stand for the rest. */
  readonly isWhole: boolean;
}

/** Counted whole up to this many characters, which takes a few milliseconds. */
const MAX_CHARS = 32_768;
const PARTS = 16;
const PART_CHARS = MAX_CHARS / PARTS;
/** Within what the table takes for one word, time grows with the square of the length. */
const LONG_WORD = /[\p{L}\p{M}]{256}|[^\s\p{L}\p{N}]{256}|\s{256}/u;
const BLOCK_CHARS = 128;

/**
 * Counts the tokens of texts in a time that has a bound, whatever they are. Of long ones, parts at even distances are
 * counted; words longer than any language's are cut, which makes some tokens more of them.
 */
export function countBounded(texts: readonly string[], count: CountText): BoundedCount {
  let chars = 0;
  for (const text of texts) chars += text.length;
  if (chars <= MAX_CHARS)
    return { tokens: texts.reduce((sum, text) => sum + countPart(text, count), 0), isWhole: true };
  let tokens = 0;
  let counted = 0;
  for (const part of partsOf(texts, chars)) {
    tokens += countPart(part, count);
    counted += part.length;
  }
  return { tokens: Math.ceil((tokens / counted) * chars), isWhole: false };
}

function* partsOf(texts: readonly string[], chars: number): Generator<string> {
  const stride = chars / PARTS;
  let before = 0;
  let next = 0;
  for (const text of texts) {
    while (next < before + text.length) {
      const from = Math.floor(next - before);
      const part = text.slice(from, from + PART_CHARS);
      if (part !== '') yield part;
      next += stride;
    }
    before += text.length;
  }
}

function countPart(text: string, count: CountText): number {
  if (!LONG_WORD.test(text)) return count(text);
  let tokens = 0;
  for (let at = 0; at < text.length; at += BLOCK_CHARS) tokens += count(text.slice(at, at + BLOCK_CHARS));
  return tokens;
}
