import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Answer, StreamAnswer } from '@sluice/core';
import { createRandomHex } from '@sluice/telemetry';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answerCall } from './answer-call.js';
import { Callers } from './callers.js';

/** A server that gives this answer to everybody. */
async function serverWith(answer: Answer) {
  const clock = createManualClock();
  const random = createRandomHex();
  const callers = new Callers({ newRequestId: () => 'req-1', random, clock, bodyLimitBytes: () => 1 });
  const failures: unknown[] = [];
  const onInternalError = (cause: unknown): void => void failures.push(cause);
  const cors = { intercept: () => undefined, headers: () => undefined };
  const deps = { callers, clock, cors, keepsConnections: () => true, waiting: new Set(), onInternalError };
  const server = createServer((req, res) => void answerCall(async () => answer, { req, res }, deps));
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, callers, failures };
}

function brokenStream(headers: Readonly<Record<string, string>>) {
  const giveBack = vi.fn(() => Promise.resolve({ done: true as const, value: undefined }));
  const next = (): Promise<never> => Promise.reject(new Error('broken'));
  const chunks = { [Symbol.asyncIterator]: () => ({ next, return: giveBack }) };
  const answer: StreamAnswer = { kind: 'stream', status: 200, headers, chunks };
  return { answer, giveBack };
}

describe('an answer that cannot be sent', () => {
  it.each([
    ['its head holds what no header may', { 'x-bad': 'a\nb' }, /Invalid character/],
    ['its stream breaks', {}, /broken/],
  ])('is given back and reported, and its caller cut off, when %s', async (_why, headers, message) => {
    const { answer, giveBack } = brokenStream(headers);
    const { url, callers, failures } = await serverWith(answer);
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
    await callers.empty();
    expect(failures).toEqual([expect.objectContaining({ message: expect.stringMatching(message) as string })]);
    expect(giveBack).toHaveBeenCalledOnce();
  });
});

it('a caller whose answer stands behind another one leaves when their connection dies', async () => {
  let asked = 0;
  const chunks = {
    async *[Symbol.asyncIterator](): AsyncGenerator<string, undefined> {
      asked += 1;
      yield 'a';
      return await new Promise<undefined>(() => undefined);
    },
  };
  const { url, callers, failures } = await serverWith({ kind: 'stream', status: 200, headers: {}, chunks });
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  // More of them than an emitter has listeners without a warning.
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20));
  await expect.poll(() => asked).toBe(20);
  client.destroy();
  await callers.empty();
  expect(callers.admitted).toBe(20);
  expect(failures).toEqual([]);
});
