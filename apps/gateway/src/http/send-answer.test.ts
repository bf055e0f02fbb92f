import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer, PlainAnswer, ReceivedCall, StreamAnswer } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, vi } from 'vitest';
import { sendAnswer } from './send-answer.js';

const received: ReceivedCall = {
  requestId: 'req-1',
  headers: {},
  trace: { traceId: 't', spanId: 's', traceparent: 'p' },
  signal: new AbortController().signal,
  readBody: () => Promise.resolve(new Uint8Array()),
};

/** A response that keeps what it is told, and takes more until `writableNeedDrain` is set. */
function responseStub() {
  const written: unknown[] = [];
  return Object.assign(new EventEmitter(), {
    written,
    writableNeedDrain: false,
    destroyed: false,
    writeHead: vi.fn<(status: number, raw: readonly string[]) => void>(),
    write: (chunk: unknown) => written.push(chunk) > 0,
    cork: () => undefined,
    uncork: () => undefined,
    end: vi.fn<() => void>(),
  });
}
type ResponseStub = ReturnType<typeof responseStub>;

function send(answer: Answer) {
  const clock = createManualClock();
  const res = responseStub();
  const waiting = new Set<ServerResponse>();
  const sent = sendAnswer(res as unknown as ServerResponse, answer, { received, clock, waiting });
  return { clock, res, sent, waiting };
}

/** A stream whose pieces the test hands out, already sending. */
async function sendStream(more: Pick<StreamAnswer, 'unframed'> = {}) {
  const { readable, writable } = new TransformStream<string, string>();
  const source = writable.getWriter();
  const chunks = readable as unknown as AsyncIterable<string, undefined>;
  const sending = send({ kind: 'stream', status: 200, headers: {}, chunks, ...more });
  const give = async (piece: string): Promise<void> => {
    await source.write(piece);
    await expect.poll(() => sending.res.written).toContain(piece);
  };
  await give('data: 1\n\n');
  return { ...sending, give, finish: () => source.close() };
}

const KEEP_ALIVE = ': keep-alive\n\n';
const keepAlives = ({ written }: ResponseStub): number => written.filter((chunk) => chunk === KEEP_ALIVE).length;

describe('a stream that is silent', () => {
  it('gets a comment every fifteen seconds', async () => {
    const { clock, res } = await sendStream();
    clock.advance(14_999);
    expect(keepAlives(res)).toBe(0);
    clock.advance(1);
    expect(keepAlives(res)).toBe(1);
    clock.advance(15_000);
    expect(keepAlives(res)).toBe(2);
  });

  it('gets none before it has been silent for so long', async () => {
    const { clock, res, give } = await sendStream();
    clock.advance(10_000);
    await give('data: 2\n\n');
    clock.advance(14_999);
    expect(keepAlives(res)).toBe(0);
    clock.advance(1);
    expect(keepAlives(res)).toBe(1);
  });

  it('gets none while its reader takes nothing, and is looked at no more often', async () => {
    const { clock, res } = await sendStream();
    res.writableNeedDrain = true;
    const after = vi.spyOn(clock, 'after');
    clock.advance(60_000);
    expect([keepAlives(res), after.mock.calls.length]).toEqual([0, 4]);
  });

  it('has no timer any more when it has ended', async () => {
    const { clock, res, sent, finish } = await sendStream();
    expect(clock.pending).toBe(1);
    await finish();
    await sent;
    expect(clock.pending).toBe(0);
    expect(res.end).toHaveBeenCalledOnce();
  });
});

it.each(['drain', 'close'])('a caller is waited for from where its socket is full until its %s', async (event) => {
  const { res, give, waiting } = await sendStream();
  expect(waiting.size).toBe(0);
  vi.spyOn(res, 'write').mockImplementationOnce((chunk) => res.written.push(chunk) === 0);
  await give('data: 2\n\n');
  expect([...waiting]).toEqual([res]);
  res.emit(event);
  expect(waiting.size).toBe(0);
});

it('a stream whose pieces may end anywhere gets no comment', async () => {
  const { clock, res } = await sendStream({ unframed: true });
  clock.advance(60_000);
  expect([keepAlives(res), clock.pending]).toEqual([0, 0]);
});

describe('a plain answer', () => {
  const plain: PlainAnswer = { kind: 'plain', status: 200, headers: {}, body: '{}' };
  const headOf = async (answer: PlainAnswer): Promise<readonly string[]> => {
    const { res, sent } = send(answer);
    await sent;
    return res.writeHead.mock.calls[0]?.[1] ?? [];
  };

  it('says how long it is', async () => {
    expect((await headOf(plain)).join(' ')).toContain('content-length 2');
  });

  it('says nothing of a length where there is no body', async () => {
    expect(await headOf({ ...plain, status: 204, body: '' })).not.toContain('content-length');
  });

  it('keeps the length that its answer names', async () => {
    const head = await headOf({ ...plain, headers: { 'content-length': '12' }, body: '' });
    expect(head.filter((text) => text === 'content-length' || text === '12')).toEqual(['content-length', '12']);
  });

  it('fails when its head cannot be written', () => {
    const clock = createManualClock();
    const res = responseStub();
    const refusal = new TypeError('Invalid character in header content');
    res.writeHead.mockImplementation(() => {
      throw refusal;
    });
    expect(() => sendAnswer(res as unknown as ServerResponse, plain, { received, clock, waiting: new Set() })).toThrow(
      refusal,
    );
  });
});
