import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './decode-body.js';

const answer = Buffer.from('{"an":"answer"}');
const decode = (body: Uint8Array, encoding: string, maxBytes = 1_000): string =>
  Buffer.from(decodeBody(body, encoding, maxBytes)).toString();
const invalid = expect.objectContaining({ code: 'upstream_invalid_response' });

describe('decodeBody', () => {
  it.for<readonly [string, Uint8Array]>([
    ['gzip', gzipSync(answer)],
    ['x-gzip', gzipSync(answer)],
    [' GZIP ', gzipSync(answer)],
    ['deflate', deflateSync(answer)],
    ['br', brotliCompressSync(answer)],
    ['identity', answer],
    ['', answer],
  ])('undoes one layer of "%s"', ([encoding, body]) => {
    expect(decode(body, encoding)).toBe(answer.toString());
  });

  it('CVE-2026-22036: refuses two layers', () => {
    expect(() => decode(gzipSync(gzipSync(answer)), 'gzip, gzip')).toThrow(invalid);
  });

  it.for(['zstd', 'constructor', '__proto__', 'chunked'])('refuses the unknown encoding %s', (encoding) => {
    expect(() => decode(answer, encoding)).toThrow(invalid);
  });

  it('refuses what says it is compressed and is not', () => {
    expect(() => decode(answer, 'gzip')).toThrow(invalid);
  });

  it('refuses a body that was cut', () => {
    expect(() => decode(gzipSync(answer).subarray(0, -9), 'gzip')).toThrow(invalid);
  });

  it('CVE-2026-84890: refuses a bomb before it has gone off', () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(() => decode(bomb, 'gzip', 100_000)).toThrow(invalid);
  });

  it('takes a body that decodes to just the limit', () => {
    expect(decode(gzipSync(answer), 'gzip', answer.length)).toBe(answer.toString());
  });
});
