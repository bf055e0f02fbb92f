import { gatewayError } from '@sluice/contract';
import type { Frame, StreamScanner } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutUp, outcomeOf } from './__fixtures__/cuts.js';
import { MAX_FRAME_CHARS } from './sse.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict } from './stream-scanner.js';

/** A dialect made for these tests: the word that a frame begins with is its verdict. */
const VERDICTS: Readonly<Record<string, FrameVerdict>> = {
  TEXT: { content: true },
  DROP: { drop: true },
  WHOLE: { complete: true },
  END: { terminal: true },
  FAIL: { failure: gatewayError('overloaded') },
  ODD: { unreadable: true },
  /** No marker knows it. */
  '-ODD': { unreadable: true },
};

function open(closing?: string): StreamScanner & { readonly inspected: readonly string[] } {
  const inspected: string[] = [];
  const scanner = createStreamScanner({
    marker: /^data: ?TEXT (\w+)|^data: ?(?:DROP|WHOLE|END|FAIL|ODD)/gm,
    inspect({ data }: Frame) {
      inspected.push(data);
      return VERDICTS[data.split(' ', 1)[0] ?? ''] ?? {};
    },
    summary: () => ({ model: 'm' }),
    ...(closing === undefined ? {} : { closing }),
  });
  return Object.assign(scanner, { inspected });
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const push = (scanner: StreamScanner, ...reads: readonly string[]) =>
  reads.map((read) => text(scanner.push(Buffer.from(read))));

describe('a stream scanner', () => {
  it('hands the very buffer on when it holds whole frames', () => {
    const read = Buffer.from('data: START\n\ndata: TEXT a\n\n');
    expect(open().push(read)).toBe(read);
  });

  it('holds a frame back until it is whole', () => {
    expect(push(open(), 'data: TEXT', ' a\n', '\ndata: EN')).toEqual(['', '', 'data: TEXT a\n\n']);
  });

  it('commits on the first content', () => {
    const scanner = open();
    const before = [push(scanner, ': ping\n\ndata: START\n\n'), scanner.committed];
    push(scanner, 'data: TEXT a\n\n');
    expect([before[1], scanner.committed]).toEqual([false, true]);
  });

  it('parses only marked frames once it is committed', () => {
    const scanner = open();
    push(scanner, 'data: START\n\ndata: TEXT a\n\ndata: TEXT b {}\n\ndata: OTHER []\n\ndata: END\n\n');
    expect(scanner.inspected).toEqual(['START', 'TEXT a', 'END']);
  });

  it('parses a frame that ends as no JSON does, and lets nothing by where it cannot be read', () => {
    const scanner = open();
    const reads = [
      'data: TEXT a\n\n',
      ': a comment\n\ndata: OTHER\n\ndata: TEXT b {}\n\ndata: -ODD',
      '\n\ndata: TEXT c {}\n\n',
    ];
    const passed = push(scanner, reads.join(''));
    expect(passed).toEqual([reads[0] + ': a comment\n\ndata: OTHER\n\ndata: TEXT b {}\n\n']);
    expect([scanner.inspected, scanner.failure?.code]).toEqual([
      ['TEXT a', 'OTHER', '-ODD'],
      'upstream_invalid_response',
    ]);
  });

  it.each(['\n', '\r\n'])('forwards nothing behind the frame that ends the answer (%j)', (eol) => {
    const scanner = open();
    const frames = ['TEXT a', 'END', 'TEXT b', 'FAIL'].map((data) => `data: ${data}${eol}${eol}`);
    const [first, later] = push(scanner, frames.join(''), 'data: TEXT c\n\n');
    expect([first, later, scanner.failure]).toEqual(['data: TEXT a\n\ndata: END\n\n', '', undefined]);
  });

  it('counts output and progress, which comments do not make', () => {
    const scanner = open();
    push(scanner, 'data: TEXT abc\n\n');
    const { progress } = scanner;
    push(scanner, ': ping\n\n');
    const idle = scanner.progress;
    push(scanner, 'data: TEXT de\n\n');
    expect([idle - progress, scanner.progress > idle, scanner.summary()]).toEqual([
      0,
      true,
      { model: 'm', outputChars: 5 },
    ]);
  });

  it('drops a frame that the caller must not see', () => {
    expect(push(open(), 'data: TEXT a\n\ndata: DROP\n\ndata: END\n\n')).toEqual(['data: TEXT a\n\ndata: END\n\n']);
  });

  it('lets through what came before a failure, and nothing after', () => {
    const scanner = open();
    const passed = push(scanner, 'data: TEXT a\n\ndata: FAIL\n\ndata: TEXT b\n\n', 'data: END\n\n');
    expect([passed, scanner.failure?.code, text(scanner.end())]).toEqual([['data: TEXT a\n\n', ''], 'overloaded', '']);
  });

  it('fails before it is committed as well', () => {
    const scanner = open();
    expect([push(scanner, 'data: FAIL\n\ndata: TEXT\n\n'), scanner.failure?.code, scanner.committed]).toEqual([
      [''],
      'overloaded',
      false,
    ]);
  });

  it('fails on a frame that cannot be read', () => {
    const scanner = open();
    push(scanner, 'data: ODD\n\n');
    expect(scanner.failure?.code).toBe('upstream_invalid_response');
  });

  it.for([
    '',
    'data: TEXT a\n\n',
    'data: TEXT a\n\ndata: TE',
    'data: TEXT a\n\ndata: ODD',
    'data: WHOLE\n\ndata: ODD',
    'data: TEXT a\r\n\r\n',
  ])('takes %j for a cut stream', (stream) => {
    const scanner = open();
    push(scanner, stream);
    expect(() => scanner.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }) as Error);
  });

  it.for([
    ['data: TEXT a\n\ndata: END\n\n', ''],
    ['data: TEXT a\n\ndata: END', 'data: END\n\n'],
    ['data: TEXT a\n\ndata: END\n', 'data: END\n\n\n'],
    ['data: TEXT a\r\n\r\ndata: END\r\n', 'data: END\n\n'],
    ['data: WHOLE\n\n', 'data: [bye]\n\n'],
    ['data: WHOLE', 'data: WHOLE\n\ndata: [bye]\n\n'],
    ['data: WHOLE\n\ndata: DROP', 'data: [bye]\n\n'],
  ] as const)('takes %j for a whole one and still owes %j', ([stream, owed]) => {
    const scanner = open('data: [bye]\n\n');
    push(scanner, stream);
    expect(text(scanner.end())).toBe(owed);
  });

  it('tells of a failure in a last frame without its blank line', () => {
    const scanner = open();
    push(scanner, 'data: TEXT a\n\ndata: FAIL');
    expect([text(scanner.end()), scanner.failure?.code]).toEqual(['', 'overloaded']);
  });

  it('passes surplus blank lines on, up to the end', () => {
    const stream = '\n\n\ndata: TEXT a\n\n\n\ndata: END\n\n\n';
    expect(push(open(), stream)).toEqual([stream.slice(0, -1)]);
  });

  it('writes a stream with carriage returns anew', () => {
    const stream = 'data: TEXT a\r\n\r\ndata: DROP\r\n\r\ndata: END\r\n\r\n';
    expect(push(open(), stream)).toEqual(['data: TEXT a\n\ndata: END\n\n']);
  });

  it('fails inside a stream with carriage returns', () => {
    const scanner = open();
    expect([push(scanner, 'data: TEXT a\r\r', 'data: FAIL\r\rdata: TEXT b\r\r'), scanner.failure?.code]).toEqual([
      ['data: TEXT a\n\n', ''],
      'overloaded',
    ]);
  });

  it('reads past a byte order mark', () => {
    const scanner = open();
    push(scanner, '\ufeffdata: TEXT a\n\n');
    expect(scanner.committed).toBe(true);
  });

  it.for(['data: ', 'data: \r\n\r\ndata: '])('refuses a frame after %j that grows without end', (start) => {
    const scanner = open();
    push(scanner, start, 'x'.repeat(MAX_FRAME_CHARS), 'x'.repeat(10));
    expect(scanner.failure?.code).toBe('upstream_invalid_response');
  });

  it('takes a frame of megabytes in small reads, and forwards it once it is whole', () => {
    const scanner = open();
    const picture = Buffer.from(`data: TEXT ${'x'.repeat(2 ** 21)}`);
    for (let at = 0; at < picture.length; at += 16_384) {
      expect(scanner.push(picture.subarray(at, at + 16_384))).toHaveLength(0);
    }
    expect(push(scanner, '\n', '\n').map(({ length }) => length)).toEqual([0, picture.length + 2]);
  });

  it('forwards the same bytes with the same verdicts wherever the reads are cut', () => {
    const frame = fc.constantFrom('START', 'TEXT a', 'TEXT é€', 'OTHER', 'DROP', 'WHOLE', 'ODD', 'FAIL', 'END');
    const end = fc.constantFrom('\n\n', '\n\n', '\n\n', '\n\n\n', '\r\n\r\n', '\r\r');
    const stream = fc.array(fc.tuple(fc.constantFrom('data: ', 'data:', ': '), frame, end), { maxLength: 8 });
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 })), (frames, cuts) => {
        const all = Buffer.from(frames.map((parts) => parts.join('')).join(''));
        expect(outcomeOf(open('data: [bye]\n\n'), cutUp(all, cuts))).toEqual(outcomeOf(open('data: [bye]\n\n'), [all]));
      }),
      { numRuns: 500 },
    );
  });
});
