import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openTransport, post } from './sending.js';

export interface SlowReading {
  readonly secure: boolean;
  /** Bytes of each of the upstream's chunks. */
  readonly pieceBytes: number;
  readonly reads: number;
}

/** Reads an answer without end, with a pause after each read. Returns the most that the socket held meanwhile. */
export async function mostHeld({ secure, pieceBytes, reads }: SlowReading): Promise<number> {
  await using upstream = await startEndless(secure, Buffer.alloc(pieceBytes, 'x'));
  const sockets: Socket[] = [];
  const onConnected = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe('undici:client:connected', onConnected);
  try {
    await using transport = openTransport();
    const { body } = await post(transport, upstream);
    let most = 0;
    let count = 0;
    for await (const _bytes of body) {
      await sleep(1);
      most = Math.max(most, ...sockets.map(({ readableLength }) => readableLength));
      if ((count += 1) === reads) break;
    }
    return most;
  } finally {
    unsubscribe('undici:client:connected', onConnected);
  }
}

async function startEndless(secure: boolean, piece: Buffer): Promise<AsyncDisposable & { readonly url: string }> {
  const answer: RequestListener = (_, res) => {
    const write = (): void => {
      while (!res.destroyed && res.write(piece));
    };
    res.on('drain', write);
    write();
  };
  const trusted = getCACertificates('default');
  const server = secure ? createTlsServer(localhost, answer) : createServer(answer);
  setDefaultCACertificates([...trusted, localhost.cert]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      setDefaultCACertificates(trusted);
      server.closeAllConnections();
      server.close();
    },
  };
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
/** Of this folder's tests alone, until 2126. */
const localhost = { key: read('localhost-key.pem'), cert: read('localhost-cert.pem') };
