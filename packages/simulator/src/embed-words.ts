import { createRandom, hashText } from './random.js';

/**
 * A unit vector for a text: the sum of one fixed vector for each of its words, so that texts which share words point the
 * same way. Depends on nothing but its arguments.
 */
export function embedWords(text: string, dimensions: number): readonly number[] {
  const sum = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const random = createRandom(hashText(word));
    for (let i = 0; i < dimensions; i += 1) sum[i] = (sum[i] ?? 0) + random() * 2 - 1;
  }
  const norm = Math.hypot(...sum);
  // Float32 is what the base64 form carries; rounding here makes both forms the same numbers.
  return sum.map((value) => Math.fround(value / norm));
}
