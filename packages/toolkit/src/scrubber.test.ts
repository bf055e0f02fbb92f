import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrubber } from './scrubber.js';

const KEY = 'Zq7!mistral/Key+0123456789=abcdefXYZ';

function scrubberOf(...secrets: string[]) {
  const scrubber = createScrubber(100);
  for (const secret of secrets) scrubber.learn(secret);
  return scrubber;
}

const hasPiece = (text: string, secret: string): boolean =>
  Array.from({ length: Math.max(0, secret.length - 11) }, (_, at) => secret.slice(at, at + 12)).some((piece) =>
    text.includes(piece),
  );

describe('a scrubber', () => {
  it.each([
    ['whole', `The key ${KEY} is wrong.`, 'The key [redacted] is wrong.'],
    ['at the beginning and the end', `${KEY} or ${KEY}`, '[redacted] or [redacted]'],
    ['in a piece', `ends with ${KEY.slice(-12)}.`, 'ends with [redacted].'],
    ['twice in a row', KEY + KEY, '[redacted][redacted]'],
    ['in hex', `0x${Buffer.from(KEY).toString('hex')}`, '0x[redacted]'],
    ['percent-encoded', `?key=${encodeURIComponent(KEY)}&a=1`, '?key=[redacted]&a=1'],
  ])('takes out a secret %s', (_how, text, clean) => {
    expect(scrubberOf(KEY).scrub(text)).toBe(clean);
  });

  it.each(['', 'a', 'ab', 'abc', 'user:'])('takes out a secret in base64 behind %j', (before) => {
    const coded = Buffer.from(`${before}${KEY}tail`).toString('base64');
    const bare = Buffer.from(KEY.slice(3, -3)).toString('base64').replace(/=+$/, '');
    const clean = scrubberOf(KEY).scrub(`Authorization: Basic ${coded}`);
    expect(clean).toContain('[redacted]');
    expect(hasPiece(clean, bare) && before.length % 3 === 0).toBe(false);
    expect(Buffer.from(clean.slice(21), 'base64').toString()).not.toContain(KEY.slice(0, 16));
  });

  it('leaves eleven characters, which may be by chance, and every other text as it is', () => {
    const { scrub } = scrubberOf(KEY);
    const text = `about ${KEY.slice(0, 11)} and skip_special_tokens`;
    expect(scrub(text)).toBe(text);
  });

  it('knows all secrets that it learned', () => {
    const secrets = Array.from({ length: 100 }, (_, at) => `secret-number-${at}-${'x'.repeat(20)}${at}`);
    expect(secrets.map((secret) => scrubberOf(...secrets).scrub(secret))).toEqual(secrets.map(() => '[redacted]'));
  });

  it('forgets the first of too many, and only that', () => {
    const scrubber = createScrubber(2);
    const [first, second, third] = ['first-secret-0001', 'second-secret-002', 'third-secret-0003'] as const;
    for (const secret of [first, second, third, third]) scrubber.learn(secret);
    expect([first, second, third].map(scrubber.scrub)).toEqual([first, '[redacted]', '[redacted]']);
  });

  it('keeps the pieces that another secret has too', () => {
    const scrubber = createScrubber(1);
    scrubber.learn('shared-beginning-one');
    scrubber.learn('shared-beginning-two');
    expect(scrubber.scrub('shared-beginning')).toBe('[redacted]');
  });

  // https://nvd.nist.gov/vuln/detail/CVE-2024-9606: only the first five characters were masked.
  it('CVE-2024-9606: leaves no twelve characters in a row of a secret in any text', () => {
    const secret = fc.string({ minLength: 12, maxLength: 80 });
    fc.assert(
      fc.property(secret, fc.tuple(fc.string(), fc.string()), fc.nat(), (key, [before, after], at) => {
        const from = at % Math.max(1, key.length - 11);
        const clean = scrubberOf(key).scrub(before + key.slice(from) + after);
        // What is left and right of a mark is apart from each other.
        expect(clean.split('[redacted]').filter((rest) => hasPiece(rest, key))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('reads a megabyte in a moment', () => {
    const text = 'no secret at all, only words. '.repeat(35_000);
    const { scrub } = scrubberOf(KEY, ...Array.from({ length: 50 }, (_, at) => `${KEY}${at}`));
    const before = process.cpuUsage();
    expect(scrub(text)).toBe(text);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
  });
});
