import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSealer, derivePurposeKey } from './sealed-secret.js';

const ROOT = 'r'.repeat(43);
const sealer = (purpose = 'provider-key', root = ROOT) => createSealer({ root, purpose, random: randomBytes });

describe('a sealed secret', () => {
  it.each(['sk-proj-0123456789', '', 'ключ', 'x'.repeat(10_000)])('opens to what it was: %.20s', (text) => {
    const { seal, open } = sealer();
    expect(open(seal(text, 'openai'), 'openai')).toBe(text);
  });

  it('shows nothing of the text, and is another each time', () => {
    const { seal } = sealer();
    const [one, two] = [seal('sk-proj-0123456789', 'openai'), seal('sk-proj-0123456789', 'openai')];
    expect(one).not.toContain('0123456789');
    expect(one).not.toBe(two);
    expect(one).toMatch(/^sealed1\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
  });

  // One salt for all domains let a ciphertext of one be used as a credential of another.
  it('CVE-2026-114612 (J-20): of one purpose is refused in another', () => {
    const sealed = sealer('provider-key').seal('sk-proj-0123456789', 'openai');
    const others = ['session', 'webhook', 'provider-key ', 'Provider-Key', 'provider-key/v1', ''];
    expect(others.map((purpose) => sealer(purpose).open(sealed, 'openai'))).toEqual(others.map(() => undefined));
  });

  it('of one name is refused under another', () => {
    const { seal, open } = sealer();
    expect(open(seal('sk-proj-0123456789', 'openai'), 'anthropic')).toBeUndefined();
  });

  it('is refused under another root', () => {
    const sealed = sealer().seal('sk-proj-0123456789', 'openai');
    expect(sealer('provider-key', 'q'.repeat(43)).open(sealed, 'openai')).toBeUndefined();
  });

  it('is refused when any character of it was changed', () => {
    const { seal, open } = sealer();
    const sealed = seal('sk-proj-0123456789', 'openai');
    const changed = [...sealed].map(
      (char, at) => sealed.slice(0, at) + (char === 'A' ? 'B' : 'A') + sealed.slice(at + 1),
    );
    // The last characters of base64url may stand for the same bytes.
    const same = changed.filter((text) => open(text, 'openai') !== undefined);
    expect(same.every((text) => Buffer.from(text.split('.')[3] ?? '', 'base64url').equals(tagOf(sealed)))).toBe(true);
    expect(same.length).toBeLessThan(3);
  });

  it.each(['', 'sealed1', 'sealed1...', 'sealed1.AA.AA.AA', 'sealed2.a.b.c', 'sk-proj-0123456789', '....', '\0'])(
    'is none, and is refused: %j',
    (text) => {
      expect(sealer().open(text, 'openai')).toBeUndefined();
    },
  );
});

const tagOf = (sealed: string): Buffer => Buffer.from(sealed.split('.')[3] ?? '', 'base64url');

it('each purpose has a key of its own', () => {
  const keys = ['provider-key', 'audit', 'session', ''].map((purpose) =>
    derivePurposeKey(ROOT, purpose).toString('hex'),
  );
  expect(new Set(keys).size).toBe(4);
  expect(keys.every((key) => key.length === 64)).toBe(true);
});
