/** UTF-16 code units, as pairs of bounds: both belong to it, and the pairs are in order and apart. */
export type CharSet = readonly number[];

const LAST = 0xffff;

export const DIGITS: CharSet = [0x30, 0x39];
export const WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** What `\s` stands for in ECMAScript. */
export const SPACE: CharSet = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
const LINE_ENDS: CharSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];
export const NOT_LINE_END: CharSet = complement(LINE_ENDS);

export function single(unit: number): CharSet {
  return [unit, unit];
}

export function union(sets: readonly CharSet[]): CharSet {
  const pairs = sets.flatMap(toPairs).toSorted(([a], [b]) => a - b);
  const joined: number[] = [];
  for (const [low, high] of pairs) {
    const last = joined.length - 1;
    if (last > 0 && low <= (joined[last] as number) + 1) joined[last] = Math.max(joined[last] as number, high);
    else joined.push(low, high);
  }
  return joined;
}

export function complement(set: CharSet): CharSet {
  const rest: number[] = [];
  let from = 0;
  for (const [low, high] of toPairs(set)) {
    if (low > from) rest.push(from, low - 1);
    from = high + 1;
  }
  if (from <= LAST) rest.push(from, LAST);
  return rest;
}

/** The set with the other case of each of its letters, where that is one code unit too. */
export function foldCase(set: CharSet): CharSet {
  const more: CharSet[] = [set];
  for (const [low, high] of toPairs(set)) {
    for (let unit = low; unit <= high; unit += 1) {
      const letter = String.fromCharCode(unit);
      const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
      if (lower.length === 1 && lower !== letter) more.push(single(lower.charCodeAt(0)));
      if (upper.length === 1 && upper !== letter) more.push(single(upper.charCodeAt(0)));
    }
  }
  return union(more);
}

export function toPairs(set: CharSet): readonly (readonly [low: number, high: number])[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i] as number, set[i + 1] as number]);
  return pairs;
}
