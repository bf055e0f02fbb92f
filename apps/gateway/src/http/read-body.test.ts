import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
