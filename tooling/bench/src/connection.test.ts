import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from './connection.js';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A connection to a server that answers every request with these pieces, then closes if told so. */
async function connectionTo(pieces: readonly string[], thenClose = false): Promise<Connection> {
  const server = createServer({ noDelay: true }, (socket) => {
    const answer = async (): Promise<void> => {
      for (const piece of pieces) {
        socket.write(piece);
        await sleep(5);
      }
      if (thenClose) socket.destroy();
    };
    socket.on('data', () => void answer());
    socket.on('error', () => socket.destroy());
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Connection.open((server.address() as AddressInfo).port);
}

describe('Connection', () => {
  it.each([
    ['with a length, in one piece', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab']],
    ['with a length, its head torn', ['HTTP/1.1 20', '0 OK\r\nContent-Length: 2\r\n\r', '\na', 'b']],
    ['in chunks', ['HTTP/1.1 200 OK\r\n\r\n', '2\r\nab\r\n', '0\r\n\r\n']],
    ['in chunks, its end torn', ['HTTP/1.1 200 OK\r\n\r\n2\r\nab\r\n0\r', '\n\r', '\n']],
  ])('finds the end of an answer %s, twice', async (_, pieces) => {
    const connection = await connectionTo(pieces);
    await connection.send(REQUEST);
    const { sentMs, firstByteMs, endMs } = await connection.send(REQUEST);
    connection.close();
    expect([sentMs, firstByteMs, endMs]).toEqual([sentMs, firstByteMs, endMs].toSorted((a, b) => a - b));
  });

  it('rejects an answer other than 200 with what came', async () => {
    const connection = await connectionTo(['HTTP/1.1 429 Too Many\r\ncontent-length: 4\r\n\r\nslow']);
    await expect(connection.send(REQUEST)).rejects.toThrow(/429.*slow/s);
    connection.close();
  });

  it('rejects when the connection closes within an answer', async () => {
    const connection = await connectionTo(['HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nab'], true);
    await expect(connection.send(REQUEST)).rejects.toThrow('the connection was closed');
  });
});
