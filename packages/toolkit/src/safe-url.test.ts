import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, isSafeImageUrl, isSafeSource, isSafeUrl } from './safe-url.js';

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '11.0.0.1', '2606:4700::1111', '2a00:1450:4001::'])(
    'is one that anybody reaches: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '::1',
    '::7f00:1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::',
    '2001::1',
    '3fff::1',
    'x',
  ])('is one of somebody’s own, or none: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('of this machine is refused however its numbers are written', () => {
    const part = fc.constantFrom('127', '0x7f', '0177', '0x7F');
    const rest = fc.constantFrom('.1', '.0.1', '.0.0.1', '.0x0.0.01');
    fc.assert(
      fc.property(part, rest, (first, last) => {
        expect(isSafeUrl(`http://${first}${last}/`)).toBe(false);
      }),
    );
  });
});

it.each(['good.example\u0000', '127.0.0.1,', '127.0..1.example', 'a{b.example', 'example', 'example.'])(
  'a host that is no name leads nowhere: %s',
  (host) => {
    expect(isSafeUrl(`http://${host}/`)).toBe(false);
  },
);

it('a URL is no longer than any reader of it takes', () => {
  const long = `https://files.example/${'a'.repeat(2_026)}`;
  expect([isSafeUrl(long), isSafeUrl(`${long}a`)]).toEqual([true, false]);
  expect(isSafeUrl(`gs://bucket/${'a'.repeat(2_048)}`)).toBe(false);
  expect(isSafeImageUrl(`data:image/png;base64,${'A'.repeat(9_000)}`)).toBe(true);
});

describe('a source that may be data', () => {
  it.each(['JVBERi0xLjQ=', 'AAAA', 'data:application/pdf;base64,JVBERi0=', 'https://files.example/b.pdf', 'file-abc'])(
    'passes: %s',
    (text) => {
      expect(isSafeSource(text)).toBe(true);
    },
  );

  it.each(['http://127.0.0.1/', '//127.0.0.1', ' http://127.0.0.1', 'file:///etc/passwd', 'data:text/html,x'])(
    'does not pass: %s',
    (text) => {
      expect(isSafeSource(text)).toBe(false);
    },
  );
});

it('a picture in a URL is what it says, as far as its first bytes tell', () => {
  expect(isSafeImageUrl('data:image/jpg;base64,/9j/4AAQ')).toBe(true);
  expect(isSafeImageUrl('data:image/png;base64,JVBERi0xLjQ=')).toBe(false);
  expect(isSafeImageUrl('data:image/svg+xml,<svg/>')).toBe(false);
});
