import { describe, expect, it } from 'vitest';
import { KeyHashes } from './key-hashes.js';

const identity = (hash: string) => hash;
const refuse = () => {
  throw new Error('refused');
};

/** Key hashes, with the keys that had to be hashed. */
function setUp() {
  const hashed: string[] = [];
  const hashes = new KeyHashes((key) => {
    hashed.push(key);
    return `hash of ${key}`;
  });
  return { hashes, hashed };
}

describe('KeyHashes', () => {
  it('recalls a key that was accepted without hashing it again', () => {
    const { hashes, hashed } = setUp();
    expect([hashes.learn('a', identity), hashes.recall('a', identity)]).toEqual(['hash of a', 'hash of a']);
    expect(hashed).toEqual(['a']);
  });

  it('does not recall a key that nobody has shown yet', () => {
    const { hashes } = setUp();
    hashes.learn('a', identity);
    expect(hashes.recall('b', refuse)).toBeUndefined();
  });

  it('does not remember a key that was refused', () => {
    const { hashes } = setUp();
    expect(() => hashes.learn('a', refuse)).toThrow('refused');
    expect(hashes.recall('a', identity)).toBeUndefined();
  });

  it('forgets an accepted key when it is refused', () => {
    const { hashes } = setUp();
    hashes.learn('a', identity);
    expect(() => hashes.recall('a', refuse)).toThrow('refused');
    expect(hashes.recall('a', identity)).toBeUndefined();
  });

  it('remembers at most 10,000 keys', () => {
    const { hashes } = setUp();
    for (let n = 0; n <= 10_000; n += 1) hashes.learn(`key-${n}`, identity);
    expect([hashes.recall('key-0', identity), hashes.recall('key-10000', identity)]).toEqual([
      undefined,
      'hash of key-10000',
    ]);
  });
});
