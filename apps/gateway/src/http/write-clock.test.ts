import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createManualClock } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { WriteClock } from './write-clock.js';

/** More than the kernel has room for, in one write. */
const ANSWER = Buffer.alloc(134_217_728);
const PIECE = 4_194_304;

/** A caller that reads nothing by itself, and the answer that waits for it. */
async function stalled(): Promise<{ readonly client: Socket; readonly res: ServerResponse }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, res] = (await once(server, 'request')) as [unknown, ServerResponse];
  res.end(ANSWER);
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, res };
}

function eightSeconds() {
  const clock = createManualClock();
  const waiting = new WriteClock({ clock, timeoutMs: () => 8_000 });
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await turn();
    }
  };
  return { clock, waiting, pass };
}

async function read(client: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) {
    const piece = (client.read() as Buffer | null)?.length ?? 0;
    left -= piece;
    if (piece === 0) await once(client, 'readable');
  }
}

it('a caller that takes no byte is cut off, when its time is over and not before', async () => {
  const { res } = await stalled();
  const { waiting, pass } = eightSeconds();
  waiting.add(res);
  await pass(7);
  expect(res.destroyed).toBe(false);
  await pass(2);
  await expect.poll(() => res.destroyed).toBe(true);
});

it('a caller that reads slowly is not, though no write of its answer comes to an end', async () => {
  const { client, res } = await stalled();
  const { waiting, pass } = eightSeconds();
  waiting.add(res);
  for (let round = 0; round < 6; round += 1) {
    await read(client, PIECE);
    await pass(6);
  }
  expect([res.destroyed, res.writableFinished]).toEqual([false, false]);
  await pass(9);
  await expect.poll(() => res.destroyed).toBe(true);
});

it('a process that was stopped sees first what was read in the meantime', async () => {
  const { client, res } = await stalled();
  const { clock, waiting } = eightSeconds();
  waiting.add(res);
  await read(client, PIECE);
  clock.advance(60_000);
  await turn();
  expect(res.destroyed).toBe(false);
});

it('nobody is looked at who waits no more, and no timer runs for them', async () => {
  const { res } = await stalled();
  const { clock, waiting, pass } = eightSeconds();
  waiting.add(res);
  waiting.delete(res);
  await pass(20);
  expect([res.destroyed, clock.pending]).toEqual([false, 0]);
});

it('an answer behind another one is forgotten when their connection is gone', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
  const answers: ServerResponse[] = [];
  server.on('request', (_req, res) => void answers.push(res));
  await expect.poll(() => answers.length).toBe(2);
  const [, second] = answers as [ServerResponse, ServerResponse];
  const { clock, waiting, pass } = eightSeconds();
  second.end('late');
  waiting.add(second);
  await pass(2);
  expect(clock.pending).toBe(1);
  client.destroy();
  await once(second.req.socket, 'close');
  await pass(2);
  expect(clock.pending).toBe(0);
});
