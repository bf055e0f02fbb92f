import type { Frame } from '@sluice/contract';
import { seededRandom, splitEvery, splitRandomly } from '@sluice/testkit';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeFrames } from './__fixtures__/encode-frames.js';
import { createEventStreamReader } from './event-stream.js';

const coded = (code: string): unknown => expect.objectContaining({ code });
const read = (reads: readonly Uint8Array[]): readonly Frame[] => {
  const reader = createEventStreamReader();
  return [...reads.flatMap((one) => reader.push(one)), ...(reader.end?.() ?? [])];
};
const HELLO = { event: 'messageStart', data: { role: 'assistant' } };
const STOP = { event: 'messageStop', data: { stopReason: 'end_turn' } };

describe('the reader of event streams', () => {
  it('names a frame for its event', () => {
    expect(read([encodeFrames([HELLO])])).toEqual([{ event: 'messageStart', data: '{"role":"assistant"}' }]);
  });

  it('names a frame for its exception, by a name that no event has', () => {
    const data = { message: 'x' };
    const frames = read([
      encodeFrames([
        { exception: 'throttlingException', data },
        { exception: 'odd', data },
      ]),
    ]);
    expect(frames).toEqual([
      { event: 'throttlingException', data: '{"message":"x"}' },
      { event: 'oddException', data: '{"message":"x"}' },
    ]);
  });

  it('tells what the headers of an error say', () => {
    expect(read([encodeFrames([{ error: 'InternalFailure' }])])).toEqual([
      { event: 'error', data: '{"code":"InternalFailure","message":"It failed."}' },
    ]);
  });

  it('reads a large message that comes in small pieces', () => {
    const text = 'ä'.repeat(200_000);
    const reads = splitEvery(encodeFrames([{ event: 'a', data: text }, STOP]), 1_000);
    expect(read(reads).map(({ data }) => data.length)).toEqual([200_002, 25]);
  });

  it('reads the same frames however the bytes are cut', () => {
    const frames = [HELLO, { event: 'contentBlockDelta', data: { delta: { text: '☃' } } }, STOP];
    const bytes = encodeFrames(frames);
    const random = seededRandom(7);
    const all = Array.from({ length: 200 }, (_, i) => read(splitRandomly(bytes, random, 1 + (i % 60))));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
  });
});

describe('bytes that are no event', () => {
  it('are told wherever one bit is turned', () => {
    const bytes = encodeFrames([HELLO, STOP]);
    const kept = [...bytes.keys()].filter((at) => {
      const broken = Buffer.from(bytes);
      broken.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return !failsWith(() => read([broken]), 'upstream_invalid_response');
    });
    expect(kept).toEqual([]);
  });

  it('do not take the frames before them along', () => {
    const reader = createEventStreamReader();
    const reads = Buffer.concat([encodeFrames([HELLO]), Buffer.from('<html>Bad Gateway</html>')]);
    expect(reader.push(reads)).toHaveLength(1);
    expect(() => reader.push(encodeFrames([STOP]))).toThrow(coded('upstream_invalid_response'));
  });

  it('are told at the end, where nothing follows them', () => {
    const reader = createEventStreamReader();
    reader.push(Buffer.concat([encodeFrames([HELLO]), Buffer.from('<html>Bad Gateway</html>')]));
    expect(() => reader.end?.()).toThrow(coded('upstream_invalid_response'));
  });

  it.for(['{"message":"not a stream"}', 'data: {"a":1}\n\n'])('are told of %j at once', (text) => {
    expect(() => read([Buffer.from(text)])).toThrow(coded('upstream_invalid_response'));
  });

  it.for([0, 15, 33_554_433, 0xffffffff])('are told of a message of %i bytes, before it is waited for', (length) => {
    expect(() => createEventStreamReader().push(preludeOf(length, 0))).toThrow(coded('upstream_invalid_response'));
  });

  it('are told of headers that reach beyond their message', () => {
    const prelude = preludeOf(20, 1_000);
    const message = Buffer.concat([prelude, Buffer.alloc(4)]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(message));
    const whole = Buffer.from(Buffer.concat([message, sum]));
    expect(() => read([whole])).toThrow(coded('upstream_invalid_response'));
  });
});

it('a stream that ends inside of an event is truncated', () => {
  const bytes = encodeFrames([HELLO]);
  const mistaken = [...bytes.keys()]
    .slice(1)
    .filter((end) => !failsWith(() => read([bytes.subarray(0, end)]), 'upstream_truncated'));
  expect(mistaken).toEqual([]);
});

function preludeOf(length: number, headers: number): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(length, 0);
  prelude.writeUInt32BE(headers, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  return prelude;
}

function failsWith(run: () => unknown, code: string): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return (error as { readonly code?: string }).code === code;
  }
}

it('takes whatever bytes come: frames, or an error of the table', () => {
  const random = seededRandom(7);
  const below = (most: number): number => Math.floor(random() * most);
  const good = encodeFrames([HELLO, STOP]);
  for (let run = 0; run < 3_000; run += 1) {
    const bytes = Uint8Array.from(good);
    for (let changes = below(4) + 1; changes > 0; changes -= 1) bytes[below(bytes.length)] = below(256);
    const from = below(8) === 0 ? below(bytes.length) : 0;
    let outcome = 'fine';
    try {
      read(splitEvery(bytes.subarray(from), below(64) + 1));
    } catch (cause) {
      outcome = (cause as { code?: string }).code ?? String(cause);
    }
    expect(['fine', 'upstream_invalid_response', 'upstream_truncated']).toContain(outcome);
  }
});
