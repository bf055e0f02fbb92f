import { createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Gives `count` unpredictable bytes. */
export type RandomBytes = (count: number) => Buffer;

const SECRET_BYTES = 32;
const LAST = 4;

/** A new key: the prefix and 256 random bits as 43 base64url characters. It is in no list; whoever gets it keeps it. */
export function createKey(prefix: string, random: RandomBytes = randomBytes): string {
  return prefix + random(SECRET_BYTES).toString('base64url');
}

/**
 * What is stored of a key: HMAC-SHA-256 under the pepper, base64url. A key holds 256 random bits, so a slow hash would
 * protect nothing more. A `KeyObject` is several times faster than a string.
 */
export function hashKey(key: string, pepper: string | KeyObject): string {
  return createHmac('sha256', pepper).update(key).digest('base64url');
}

/** The characters that tell keys apart in a list. */
export function lastCharacters(key: string): string {
  return key.slice(-LAST);
}
