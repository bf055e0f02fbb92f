import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createRequestLog, type SimulatedRequest } from './request-log.js';
import { createWorld, type World } from './world.js';
import { serve } from './serve.js';
import type { FaultRule } from './faults/fault-rules.js';
import type { Script } from './scripts.js';

export interface SimulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Equal seeds and equal requests in equal order give equal bytes. */
  readonly seed?: number;
  /** Refuses what the real services refuse, and has their models; true by default. */
  readonly strict?: boolean;
  /** Knows only `TEST_CREDENTIALS`; false by default, when every caller will do. */
  readonly checkKeys?: boolean;
  readonly faults?: readonly FaultRule[];
  readonly scripts?: Readonly<Record<string, Script>>;
}

/** A running simulator. Its owner closes it. */
export interface Simulator {
  /** `http://127.0.0.1:4010`, without a path: OpenAI clients add `/v1`. */
  readonly url: string;
  readonly port: number;
  /** The last thousand requests, oldest first. */
  readonly requests: readonly SimulatedRequest[];
  /** Replaces the fault script. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Replaces the scripts. */
  setScripts(scripts: Readonly<Record<string, Script>>): void;
  /** Ends every exchange, whatever its state, and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a provider that answers as its model names say. Rejects where the address cannot be listened on. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    port = 0,
    host = '127.0.0.1',
    seed = 1,
    strict = true,
    checkKeys = false,
    faults = [],
    scripts = {},
  } = options;
  const world = createWorld({ seed, strict, checkKeys, faults, scripts });
  const log = createRequestLog();
  const http = createHttpServer((request, response) => void serve({ request, response }, log, world));
  const open = new Set<Socket>();
  const server = createServer((socket) => takeConnection(socket, { world, http, open }));
  server.listen(port, host);
  await once(server, 'listening');
  const listening = portOf(server);
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    port: listening,
    requests: log.requests,
    setFaults: world.faults.set,
    setScripts: world.scripts.set,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Listener {
  readonly world: World;
  readonly http: HttpServer;
  /** The HTTP server does not listen itself, and so does not keep them. */
  readonly open: Set<Socket>;
}

/** Hands a connection on to the HTTP server, unless a fault leaves it hanging. */
function takeConnection(socket: Socket, { world, http, open }: Listener): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  if (world.faults.drawConnection()) socket.on('error', () => {});
  else http.emit('connection', socket);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
