import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader } from './ndjson.js';

const read = (...reads: readonly Uint8Array[]) => {
  const reader = createLineReader();
  return [...reads.flatMap((bytes) => reader.push(bytes)), ...(reader.end?.() ?? [])].map(({ data }) => data);
};

describe('createLineReader', () => {
  it('gives the same lines wherever the reads were cut', () => {
    const lines = ['{"a":"é✓"}', '{"b":[1,2]}', '{"done":true}'];
    const bytes = Buffer.from(lines.join('\n'));
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(read(bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to))).toEqual(lines);
      }),
    );
  });

  it('takes no empty line for a frame', () => {
    expect(read(Buffer.from('\n \r\n1\n\n'))).toEqual(['1']);
  });

  it('refuses a line that never ends', () => {
    const reader = createLineReader(10);
    expect(() => reader.push(Buffer.from('x'.repeat(11)))).toThrow(/larger than 32 MiB/);
  });
});
