import { createServer } from 'node:http';
import { Server as SocketServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:http';
import { createClientErrorHandler } from './client-errors.js';
import { createConnectionCap } from './connection-cap.js';
import { createHttpGuard } from './http-guard.js';
import type { Handler } from './http-guard.js';

const LIMITS = {
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  highWaterMark: 16_384,
  // The second of two credentials would otherwise vanish; joined, they are refused.
  joinDuplicateHeaders: true,
  // The guard does, and leaves a line in the log.
  requireHostHeader: false,
};
/** How soon after their time slow senders are cut, at most. */
const CHECK_EVERY_MS = 1_000;

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}
/** What callers get. */
export interface ConnectionLimits {
  /** For the head of a request. Default 10 s. */
  readonly headersTimeoutMs?: number;
  /** For all of it. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** Of one address. Default: a thousand for each public one. */
  readonly maxConnectionsPerAddress?: number | undefined;
}
export interface ListenOptions extends Address, ConnectionLimits {
  /** Whether a new connection is closed at once; then it is as if it could not be taken. */
  readonly refusesConnections: () => boolean;
  /** Hears of every connection that could not be taken, as where the process may open no further file. */
  readonly onAcceptError: (cause: unknown) => void;
  /** Hears of every request that was refused by its head, with the bare status that it got. */
  readonly onRefused: (status: number) => void;
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
export async function listen(handler: Handler, options: ListenOptions): Promise<Listening> {
  const { host, port, onAcceptError } = options;
  const server = createServer({ ...LIMITS, ...toTimeouts(options) });
  guard(server, handler, options.onRefused);
  boundConnections(server, options);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1_024 }, () => {
      server.off('error', reject);
      server.on('error', onAcceptError);
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

function toTimeouts({ headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 }: ConnectionLimits) {
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
  const connectionsCheckingInterval = Math.min(CHECK_EVERY_MS, headersTimeout);
  return { headersTimeout, requestTimeout: requestTimeoutMs, connectionsCheckingInterval };
}

function guard(server: Server, handler: Handler, onRefused: ListenOptions['onRefused']): void {
  const { handle, onExpectation } = createHttpGuard(handler, onRefused);
  server.on('request', handle);
  server.on('checkContinue', onExpectation);
  server.on('checkExpectation', onExpectation);
  server.on('clientError', createClientErrorHandler(handle, onRefused));
}

function boundConnections(server: Server, { maxConnectionsPerAddress, refusesConnections }: ListenOptions): void {
  const cap = createConnectionCap(maxConnectionsPerAddress);
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    if (refusesConnections() || !cap.enter(remoteAddress)) return void socket.resetAndDestroy();
    socket.once('close', () => cap.leave(remoteAddress));
  });
}

function addressUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An HTTP server's own `close` ends idle connections, and with them a call that is on its way. */
function closeSocket(server: Server): Promise<void> {
  return new Promise((resolve) => void SocketServer.prototype.close.call(server, () => resolve()));
}
