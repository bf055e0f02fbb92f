import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKey, hashKey } from './index.js';

describe('keys', () => {
  it('are the prefix and 43 base64url characters', () => {
    expect(createKey('sk-sluice-')).toMatch(/^sk-sluice-[A-Za-z0-9_-]{43}$/);
  });

  it('carry all 256 bits of the random source', () => {
    const key = createKey('sk-', (count) => Buffer.alloc(count, 0xa5));
    expect(Buffer.from(key.slice(3), 'base64url')).toEqual(Buffer.alloc(32, 0xa5));
  });

  it('differ from each other', () => {
    expect(createKey('sk-')).not.toBe(createKey('sk-'));
  });
});

describe('keyed hashes', () => {
  it('are HMAC-SHA-256 in base64url', () => {
    // The value of RFC 4231, test case 2.
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    const hash = hashKey('what do ya want for nothing?', 'Jefe');
    expect(Buffer.from(hash, 'base64url').toString('hex')).toBe(expected);
  });

  it('are the same for a pepper as text and as a key object', () => {
    expect(hashKey('key', createSecretKey('pepper', 'utf8'))).toBe(hashKey('key', 'pepper'));
  });

  it('differ from pepper to pepper', () => {
    expect(hashKey('key', 'one')).not.toBe(hashKey('key', 'two'));
  });
});
