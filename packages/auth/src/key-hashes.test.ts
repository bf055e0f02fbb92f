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
  it('hashes an accepted key once', () => {
    const { hashes, hashed } = setUp();
    expect([hashes.with('a', identity), hashes.with('a', identity)]).toEqual(['hash of a', 'hash of a']);
    expect(hashed).toEqual(['a']);
  });

  it('hashes a key that was refused again at every call', () => {
    const { hashes, hashed } = setUp();
    for (let call = 0; call < 2; call += 1) expect(() => hashes.with('a', refuse)).toThrow('refused');
    expect(hashed).toEqual(['a', 'a']);
  });

  it('forgets an accepted key when it is refused', () => {
    const { hashes, hashed } = setUp();
    hashes.with('a', identity);
    expect(() => hashes.with('a', refuse)).toThrow('refused');
    hashes.with('a', identity);
    expect(hashed).toEqual(['a', 'a']);
  });

  it('remembers at most 10,000 keys', () => {
    const { hashes, hashed } = setUp();
    for (let n = 0; n <= 10_000; n += 1) hashes.with(`key-${n}`, identity);
    hashes.with('key-0', identity);
    expect(hashed).toHaveLength(10_002);
  });
});
