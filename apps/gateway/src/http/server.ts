import { createServer } from 'node:http';
import { Server as SocketServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Slow senders are cut: headers must be there in 10 s, the whole request in 60 s, looked at every second. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  highWaterMark: 16_384,
  // The second of two credentials would otherwise vanish; joined, they are refused.
  joinDuplicateHeaders: true,
};

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}
export interface ListenOptions extends Address {
  /** Hears of every connection that could not be taken, as where the process may open no further file. */
  readonly onAcceptError: (cause: unknown) => void;
}
export interface Listening {
  /** `http://HOST:PORT` as it can be reached. */
  readonly url: string;
  /** Takes no new connections; those that are open, idle ones too, stay so. Resolves when all are gone. */
  closeSocket(): Promise<void>;
  /** Takes no new connections and closes the idle ones; those in use close with their answer. Resolves when all are gone. */
  stopAccepting(): Promise<void>;
  /** Cuts what is left. */
  closeAll(): void;
}

/** Opens the socket. Rejects with Node's own error, such as EADDRINUSE. */
export async function listen(
  handler: (req: IncomingMessage, res: ServerResponse) => void,
  { host, port, onAcceptError }: ListenOptions,
): Promise<Listening> {
  const server = createServer(LIMITS, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1_024 }, () => {
      server.off('error', reject);
      server.on('error', onAcceptError);
      server.on('timeout', cutOff);
      resolve();
    });
  });
  const url = addressUrl(server, host);
  let gone: Promise<void> | undefined;
  return {
    url,
    closeSocket: () => (gone ??= closeSocket(server)),
    stopAccepting() {
      gone ??= closeSocket(server);
      server.closeIdleConnections();
      return gone;
    },
    closeAll: () => server.closeAllConnections(),
  };
}

/**
 * Whoever was silent for too long. What a caller did not read is given up, with the kernel's buffers: a connection that is closed
 * keeps them for as long as the other side neither reads nor goes.
 */
function cutOff(socket: Socket): void {
  if (socket.writableLength > 0) socket.resetAndDestroy();
  else socket.destroy();
}

function addressUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An HTTP server's own `close` ends idle connections, and with them a call that is on its way. */
function closeSocket(server: Server): Promise<void> {
  return new Promise((resolve) => void SocketServer.prototype.close.call(server, () => resolve()));
}
