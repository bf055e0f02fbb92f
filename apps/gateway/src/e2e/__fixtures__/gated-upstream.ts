import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider that answers when it is told to. */
export interface GatedUpstream extends AsyncDisposable {
  /** For `baseUrl`. */
  readonly url: string;
  /** How often a model was asked. */
  readonly asked: number;
  /** How many of those who asked have left before they were answered. */
  readonly left: number;
  /** Answers whoever waits, and from now on at once. */
  open(): void;
}

export async function startGatedUpstream(json: string): Promise<GatedUpstream> {
  const gate = Promise.withResolvers<undefined>();
  const seen = { asked: 0, left: 0 };
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'application/json');
    if (req.method === 'GET') return void res.end('{"data":[]}');
    seen.asked += 1;
    res.once('close', () => (seen.left += res.writableFinished ? 0 : 1));
    req.resume();
    void gate.promise.then(() => res.end(json));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get asked() {
      return seen.asked;
    },
    get left() {
      return seen.left;
    },
    open: () => gate.resolve(undefined),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
