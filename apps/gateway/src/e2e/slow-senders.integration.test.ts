import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import { expectSlowSendersCut } from './__fixtures__/slow-senders.js';

it('F63 C-60 300 connections that send next to nothing get a 408 in time, in their dialect, and others notice nothing', () =>
  expectSlowSendersCut({ sockets: 300, headersTimeoutMs: 1_500, requestTimeoutMs: 2_500, everyMs: 300 }));

/** A connection that was served, or nothing where it was closed at once. */
function open(url: string): Promise<Socket | undefined> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
  return new Promise((resolve) => {
    socket.once('data', () => resolve(socket));
    socket.once('close', () => resolve(undefined));
  });
}

it('F63 one address gets as many connections as are allowed, and another one when one of them has gone', async () => {
  await using gateway = await startGatewayProcess({ server: { maxConnectionsPerAddress: 20 } });
  const opened = await Promise.all(Array.from({ length: 40 }, () => open(gateway.url)));
  const served = opened.filter((socket) => socket !== undefined);
  // The test's own client keeps one or two.
  expect([served.length >= 15, served.length <= 20, await open(gateway.url)]).toEqual([true, true, undefined]);
  served[0]?.destroy();
  await expect.poll(async () => (await open(gateway.url)) !== undefined).toBe(true);
});
