import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { readBody } from './read-body.js';

it('gives the memory of the pieces back as soon as they are one body', async () => {
  const sent = randomBytes(300_000);
  const pieces: Buffer[] = [];
  const received = Promise.withResolvers<Uint8Array>();
  const server = createServer((req, res) => {
    req.on('data', (piece: Buffer) => pieces.push(piece));
    readBody(req, sent.length).then(received.resolve, received.reject);
    res.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method: 'POST',
      body: sent,
    });
    await answer.arrayBuffer();
    expect(Buffer.compare(await received.promise, sent)).toBe(0);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(0);
  } finally {
    server.close();
  }
});

interface Arrival {
  readonly client: Socket;
  /** What `readBody` makes of it. */
  readonly read: Promise<Uint8Array>;
  readonly listeners: () => number;
}

/** Sends these pieces, each in a turn of its own, and reads the body as soon as the head is there. */
async function arriving(pieces: readonly string[], use: (arrival: Arrival) => Promise<void>): Promise<void> {
  const arrived = Promise.withResolvers<Omit<Arrival, 'client'>>();
  const server = createServer((req) => {
    const read = readBody(req, 100);
    read.catch(() => undefined);
    arrived.resolve({ read, listeners: () => req.listenerCount('data') });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  try {
    for (const piece of pieces) {
      client.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await use({ client, ...(await arrived.promise) });
  } finally {
    client.destroy();
    server.close();
  }
}

const HEAD = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

it('takes a small body that came with its head without listening for more', async () => {
  await arriving([`${HEAD}hello`], async ({ read, listeners }) => {
    expect([text(await read), listeners()]).toEqual(['hello', 0]);
  });
});

it('waits for a small body that comes later, or in pieces', async () => {
  for (const pieces of [
    [HEAD, 'hello'],
    [`${HEAD}he`, 'l', 'lo'],
  ]) {
    await arriving(pieces, async ({ read }) => expect(text(await read)).toBe('hello'));
  }
});

it('hears of a caller that leaves before its small body is whole', async () => {
  await arriving([`${HEAD}he`], async ({ client, read }) => {
    client.destroy();
    await expect(read).rejects.toMatchObject({ code: 'client_closed_request' });
  });
});
