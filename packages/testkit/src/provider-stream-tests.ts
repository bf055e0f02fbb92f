import type { ChatEvent, ChatResult, Frame, Operation } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { createFrameReader, createLineReader } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { HEAD, sameJson, targetOf, targetOfCase, type OperationUnderTest } from './suite-subject.js';
import { failureOf } from './provider-codec-tests.js';
import { foldEvents } from './fold-events.js';
import { seededRandom, splitEvery, splitInTwo, splitRandomly } from './split-chunks.js';
import type { FixtureCase } from './fixtures.js';

const RANDOM_SPLITS = 100;

/** Bytes in every cut worth trying: whole, byte by byte, in two at each place, and at random. */
export function* everySplit(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  yield [bytes];
  yield splitEvery(bytes, 1);
  yield* splitInTwo(bytes);
  const random = seededRandom(bytes.length);
  for (let i = 0; i < RANDOM_SPLITS; i += 1) yield splitRandomly(bytes, random, 1 + (i % 80));
}

type Framing = NonNullable<Operation<unknown, unknown, unknown>['stream']>['framing'];

/** The frames of a stream that came in these reads. */
export function readFrames(reads: readonly Uint8Array[], framing: Framing = 'sse'): readonly Frame[] {
  const reader =
    typeof framing === 'function' ? framing() : framing === 'sse' ? createFrameReader() : createLineReader();
  return [...reads.flatMap((read) => reader.push(read)), ...(reader.end?.() ?? [])];
}

/** The kind of file that holds a stream of this framing. */
function fileOf(framing: Framing): string {
  return typeof framing === 'function' ? 'bin' : framing;
}

/** How one operation reads its streams. */
interface Reading {
  readonly framing: Framing;
  frames(reads: readonly Uint8Array[]): readonly Frame[];
  /** The target decides who answers, so every recording is read as one of its own. */
  readonly of: (fixture: FixtureCase) => (frames: readonly Frame[]) => readonly ChatEvent[];
}

/** What the stream decoder of a chat operation owes. */
export function streamTests(subject: OperationUnderTest): void {
  const { operation, cases } = subject;
  const { stream } = operation;
  if (!stream) return;
  const { framing } = stream;
  const file = fileOf(framing);
  const reading: Reading = {
    framing,
    frames: (reads) => readFrames(reads, framing),
    of: (fixture) => (frames) => {
      const decoder = stream.open(HEAD, targetOfCase(subject, fixture));
      const events = frames.flatMap((frame) => decoder.push(frame));
      return [...events, ...decoder.end()];
    },
  };
  const whole = cases.filter((one) => one.has(file, 'events.json'));
  const failing = cases.filter((one) => one.has(file, 'error.json'));

  it('has a recorded stream', () => {
    const lacking = whole.length > 0 ? [] : [`${subject.name}-text.${file} and ${subject.name}-text.events.json`];
    expect(lacking, `Record in ${subject.folder}, by these or other words after "${subject.name}-"`).toEqual([]);
  });
  describe.for(whole)('decoding the stream $name', (fixture) => wholeStreamTests(fixture, reading));
  it.for(failing)('reports the error inside the stream $name', (fixture) => {
    const { code } = fixture.json<{ readonly code: string }>('error.json');
    expect(failureOf(() => reading.of(fixture)(reading.frames([fixture.bytes(file)])))).toMatchObject({ code });
  });
  it.for(['not json', '[]', 'null', '{}', '{"choices":7}', '{"type":7}', '\u2028'])(
    'takes the frame %j or refuses it with an error of the table',
    (data) => {
      const attempt = () => stream.open(HEAD, targetOf(subject, 'suite-model')).push({ data });
      expect(() => tolerate(attempt)).not.toThrow();
    },
  );
}

function wholeStreamTests(fixture: FixtureCase, { framing, frames, of }: Reading): void {
  const decode = of(fixture);
  const bytes = fixture.bytes(fileOf(framing));
  const expected = fixture.json<readonly ChatEvent[]>('events.json');

  it('gives the recorded events', () => {
    expect(decode(frames([bytes]))).toEqual(expected);
  });

  it('gives the same events however the bytes are cut', () => {
    const reference = decode(frames([bytes]));
    const differing = [...everySplit(bytes)].filter((reads) => !sameJson(decode(frames(reads)), reference));
    expect(differing).toEqual([]);
  });

  if (typeof framing === 'string') {
    it('gives the same events with other line ends', () => {
      const crlf = Buffer.from(fixture.text(framing).replaceAll('\n', '\r\n'));
      expect(decode(frames(splitEvery(crlf, 7)))).toEqual(decode(frames([bytes])));
    });
  }

  it('never takes a stream cut between two frames for a whole one', () => {
    const all = frames([bytes]);
    const whole = decode(all);
    const mistaken = all.flatMap((_, count) => cutAt(all.slice(0, count), whole, decode));
    const hint = 'end() has to throw upstream_truncated unless the frame that ends an answer came';
    expect(mistaken, hint).toEqual([]);
  });

  it('keeps the order of events and reports usage', () => {
    const folded = foldEvents(decode(frames([bytes])));
    expect(folded).toMatchObject({ usage: { outputTokens: expect.any(Number) as number } });
  });

  if (fixture.has('result.json')) {
    it('adds up to the plain answer', () => {
      const { id: _, ...folded } = foldEvents(decode(frames([bytes])));
      const { id: __, ...plain } = fixture.json<ChatResult>('result.json');
      expect(folded).toEqual(plain);
    });
  }
}

/** What is wrong with a decoder's view of a stream that ends here; nothing where it is right. */
function cutAt(
  frames: readonly Frame[],
  whole: readonly ChatEvent[],
  decode: ReturnType<Reading['of']>,
): readonly string[] {
  try {
    // An end without the terminal frame may pass only where nothing but usage was lost.
    const content = (events: readonly ChatEvent[]) => events.filter(({ type }) => type !== 'usage');
    if (sameJson(content(decode(frames)), content(whole))) return [];
    return [`The first ${frames.length} frames pass for a whole answer`];
  } catch (error) {
    return isGatewayError(error, 'upstream_truncated') ? [] : [`The first ${frames.length} frames: ${String(error)}`];
  }
}

function tolerate(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
  }
}
