import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;

/** Random hexadecimal digits, twice as many as bytes asked for (at most 4096). */
export type RandomHex = (bytes: number) => string;

/** A source that asks the operating system once for many ids. Good for ids, not for keys: digits wait in memory. */
export function createRandomHex(): RandomHex {
  const pool = Buffer.alloc(POOL_BYTES);
  let digits = '';
  let used = POOL_BYTES;
  return (bytes) => {
    if (used + bytes > POOL_BYTES) {
      digits = randomFillSync(pool).toString('hex');
      used = 0;
    }
    used += bytes;
    return digits.slice(2 * (used - bytes), 2 * used);
  };
}
