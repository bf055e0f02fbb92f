import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { startGatewayProcess } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { serveGood } from './serve-good.js';

/** The gateway looks every second; the machine may be busy. */
const CHECKED_WITHIN_MS = 2_500;
const TLS_HELLO = Buffer.from('16030102000100', 'hex');

export interface SlowPlan {
  readonly sockets: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Between two bytes. */
  readonly everyMs: number;
}

interface Ended {
  readonly text: string;
  readonly tookMs: number;
}

/** A third each: heads that come byte by byte, bodies that do, and bytes that are no HTTP. Others are served as before. */
export async function expectSlowSendersCut(plan: SlowPlan): Promise<void> {
  const { sockets, headersTimeoutMs, requestTimeoutMs, everyMs } = plan;
  const server = { headersTimeoutMs, requestTimeoutMs };
  await using gateway = await startGatewayProcess({ server, providers: { sim: { kind: 'sim' } } });
  await serveGood(gateway, 50);
  const before = await serveGood(gateway, 100);
  const head = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{`;
  const count = Math.ceil(sockets / 3);
  const slow = (first: string | Buffer) => many(count, () => sendSlowly(gateway.url, first, everyMs));
  const heads = slow('POST /v1/chat/completions HTTP/1.1\r\nx: ');
  const bodies = slow(head);
  const noise = slow(TLS_HELLO);
  await sleep(everyMs);
  const during = await serveGood(gateway, 100);
  expect(during.median).toBeLessThan(2 * before.median + 5);

  expect(statusesOf(await heads, headersTimeoutMs)).toEqual(new Set([408]));
  const late = await bodies;
  expect(statusesOf(late, requestTimeoutMs)).toEqual(new Set([408]));
  expect(late.filter(({ text }) => !/^connection: close\r$[^]*\{"type":"error"/im.test(text))).toEqual([]);
  expect(statusesOf(await noise, headersTimeoutMs)).toEqual(new Set([400]));
  expect(await gateway.rows()).toHaveLength(250);
  await assertInvariants({ gateway });
}

function many<T>(count: number, make: () => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, make));
}

/** The statuses of those that were ended in time. */
function statusesOf(ended: readonly Ended[], withinMs: number): ReadonlySet<number> {
  expect(Math.max(...ended.map(({ tookMs }) => tookMs))).toBeLessThan(withinMs + CHECKED_WITHIN_MS);
  return new Set(ended.map(({ text }) => Number(text.slice(9, 12))));
}

/** Sends the first bytes, then one at a time, until the other side hangs up. */
async function sendSlowly(url: string, first: string | Buffer, everyMs: number): Promise<Ended> {
  const startedMs = performance.now();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  socket.write(first);
  const timer = setInterval(() => socket.write('x'), everyMs);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return { text, tookMs: performance.now() - startedMs };
}
