import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RemoteGateway } from './gateway.js';

/** An upstream that sends as fast as it is read. */
export interface Flood extends AsyncDisposable {
  readonly url: string;
  /** Bytes handed to the socket so far. */
  readonly written: number;
  /** How much it has written once it writes no more. */
  stalled(): Promise<number>;
  /** How many are connected. */
  connections(): Promise<number>;
}

export interface FloodScript {
  readonly opening: string;
  readonly piece: string;
  /** How often `piece` is sent. */
  readonly count: number;
  readonly ending: string;
}

/** Answers every GET with an empty list of models and every POST with a stream. */
export async function startFlood(script: FloodScript): Promise<Flood> {
  let written = 0;
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = async (text: string): Promise<void> => {
      written += text.length;
      if (!res.write(text)) await once(res, 'drain');
    };
    void (async () => {
      await send(script.opening);
      for (let sent = 0; sent < script.count; sent += 1) await send(script.piece);
      res.end(script.ending);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get written() {
      return written;
    },
    async stalled() {
      for (let before = -1; written === 0 || written !== before; ) {
        before = written;
        await sleep(500);
      }
      return written;
    },
    connections: () => promisify(server.getConnections.bind(server))(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Calls without reading the answer: its bytes wait in buffers until somebody iterates over it. */
export async function callUnread(gateway: RemoteGateway, path: string, body: object): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  const req = request(gateway.url + path, { method: 'POST', headers });
  req.end(JSON.stringify(body));
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  return res;
}
