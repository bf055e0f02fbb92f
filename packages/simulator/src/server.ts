import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { once, type EventEmitter } from 'node:events';
import { createRequestLog, type RequestLog, type SimulatedRequest } from './request-log.js';
import { createWorld, type World } from './world.js';
import { serve } from './serve.js';
import { SYSTEM_CLOCK, type SimulatorClock } from './clock.js';
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
  /** Answers whatever model it is asked for; false by default. */
  readonly anyModel?: boolean;
  /** What it waits by; the process's own time by default. */
  readonly clock?: SimulatorClock;
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
    anyModel = false,
    clock = SYSTEM_CLOCK,
    faults = [],
    scripts = {},
  } = options;
  const world = createWorld({ seed, strict, checkKeys, anyModel, clock, faults, scripts });
  const log = createRequestLog(clock);
  const open = new Set<Socket>();
  const speakers = toSpeakers(log, world);
  // Small pieces leave at once, as they do from the servers of vendors.
  const server = createServer({ noDelay: true }, (socket) => takeConnection(socket, { world, speakers, open }));
  // In a process of a cluster its port is still its own.
  server.listen({ port, host, exclusive: true });
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

/** What goes on with a connection once its first bytes are known. */
interface Speakers {
  readonly http1: EventEmitter;
  readonly http2: EventEmitter;
}

function toSpeakers(log: RequestLog, world: World): Speakers {
  return {
    http1: createHttpServer((request, response) => void serve({ request, response }, log, world)),
    http2: createHttp2Server((request, response) => {
      // The compatibility layer has what is used of the other's classes.
      const incoming = {
        request: request as unknown as IncomingMessage,
        response: response as unknown as ServerResponse,
      };
      void serve(incoming, log, world);
    }),
  };
}

interface Listener {
  readonly world: World;
  readonly speakers: Speakers;
  /** The HTTP servers do not listen themselves, and so do not keep them. */
  readonly open: Set<Socket>;
}

/** https://www.rfc-editor.org/rfc/rfc9113#preface. Amazon's SDK speaks it without asking. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0';

/** Hands a connection on to the server that speaks its protocol, unless a fault leaves it hanging. */
function takeConnection(socket: Socket, { world, speakers, open }: Listener): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  socket.on('error', () => {});
  if (world.faults.drawConnection()) return;
  socket.once('readable', () => {
    const first = socket.read() as Buffer | null;
    if (!first) return;
    socket.unshift(first);
    const isHttp2 = HTTP2_PREFACE.startsWith(first.toString('latin1', 0, HTTP2_PREFACE.length));
    (isHttp2 ? speakers.http2 : speakers.http1).emit('connection', socket);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
