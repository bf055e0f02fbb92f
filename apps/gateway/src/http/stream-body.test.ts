import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { StreamBody } from './stream-body.js';

type Piece = Uint8Array | string;

/** A server that answers every request with these pieces. */
async function serve(pieces: readonly Piece[]): Promise<{ readonly port: number } & AsyncDisposable> {
  const server: Server = createServer((_req, res) => {
    res.writeHead(200, ['content-type', 'text/event-stream']);
    const body = new StreamBody(res);
    for (const piece of pieces) body.write(piece);
    body.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** All that a connection answers to these bytes. */
async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  return await text(socket);
}

const SIZES = [0, 1, 15, 16, 255, 256, 4_095, 4_096, 16_384, 16_385, 70_000];

describe('the body of a stream', () => {
  it.for(SIZES)('has a piece of %i bytes as it was given', async (size) => {
    const pieces = ['a', Buffer.alloc(size, 'b'), 'ü🌈'.repeat(size), 'c'];
    await using server = await serve(pieces);
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(await answer.text()).toBe(`a${'b'.repeat(size)}${'ü🌈'.repeat(size)}c`);
  });

  it('is one chunk for each piece, and leaves the connection to the next request', async () => {
    await using server = await serve(['data: 1\n\n', Buffer.from('data: 2\n\n')]);
    const ask = 'GET / HTTP/1.1\r\nhost: a\r\n';
    const answer = await exchange(server.port, `${ask}\r\n${ask}connection: close\r\n\r\n`);
    const body = '9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n';
    expect(answer.split('\r\n\r\nHTTP/').map((one) => one.slice(one.indexOf('\r\n\r\n') + 4))).toEqual([
      body.slice(0, -4),
      body,
    ]);
  });

  it('leaves with the turn in which it came, whether or not more follows', async () => {
    const server = createServer((_req, res) => {
      res.writeHead(200, ['content-type', 'text/event-stream']);
      new StreamBody(res).write('data: 1\n\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const read = await answer.body?.getReader().read();
    expect(Buffer.from(read?.value ?? '').toString()).toBe('data: 1\n\n');
    server.closeAllConnections();
    server.close();
  });

  it('has no framing for a client that knows none', async () => {
    await using server = await serve(['data: 1\n\n', Buffer.from('data: 2\n\n')]);
    const answer = await exchange(server.port, 'GET / HTTP/1.0\r\n\r\n');
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('data: 1\n\ndata: 2\n\n');
  });
});
