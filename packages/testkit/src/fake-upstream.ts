import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequestParser, type ReceivedRequest } from './request-parser.js';
import type { Reply, ReplyAction, ReplyScript } from './reply.js';

/** A scripted upstream on a loopback port. Its owner disposes of it. */
export interface FakeUpstream {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly port: number;
  /** Whole requests, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  readonly openConnections: number;
  readonly acceptedConnections: number;
  /** Open connections whose reply is not over. */
  readonly busyConnections: number;
  /** Resolves with the request of that number (1 is the first) once it has arrived; rejects after `withinMs`. */
  received(number?: number, withinMs?: number): Promise<ReceivedRequest>;
  /** True as soon as the other side closed a connection whose reply was not over; false after `withinMs` without that. */
  wasAborted(withinMs?: number): Promise<boolean>;
  /** True as soon as no connection is open; false after `withinMs` with one still open. */
  closedWithin(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Nothing is promised of it: who waits gets what comes. */
const PATIENCE_MS = 20_000;

/**
 * Stands in a script for what the request says in its place: where its body has the same with other digits, every reply
 * has those. So whoever sends other digits with each request sees whether an answer is another one's.
 */
export const NONCE = 'nonce-000000000000';
const NONCES = /nonce-[0-9a-f]{12}/;

/** Starts an upstream that gives each request the next script; the last one repeats. At least one is needed. */
export async function fakeUpstream(...replies: readonly [Reply, ...Reply[]]): Promise<FakeUpstream> {
  const state = createState(replies.map(({ script }) => script));
  const server = createServer({ noDelay: true }, (socket) => serve(socket, state));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const close = (): Promise<void> => shut(server, state);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: state.requests,
    get openConnections() {
      return state.sockets.size;
    },
    get acceptedConnections() {
      return state.accepted;
    },
    get busyConnections() {
      return state.busy.size;
    },
    async received(number = 1, withinMs = PATIENCE_MS) {
      await state.until(() => state.requests.length >= number, withinMs);
      const request = state.requests[number - 1];
      if (!request) throw new Error(`Request ${number} did not arrive within ${withinMs} ms.`);
      return request;
    },
    wasAborted: (withinMs = PATIENCE_MS) => state.until(() => state.aborted > 0, withinMs),
    closedWithin: (withinMs) => state.until(() => state.sockets.size === 0, withinMs),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface State {
  readonly requests: ReceivedRequest[];
  readonly sockets: Set<Socket>;
  readonly busy: Set<Socket>;
  accepted: number;
  aborted: number;
  /** The script that the next request gets. */
  peek(): ReplyScript;
  take(): ReplyScript;
  changed(): void;
  /** Whether `holds` became true within the time; looks again at every change. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>;
}

function createState(scripts: readonly ReplyScript[]): State {
  const watchers = new Set<() => void>();
  let next = 0;
  const peek = (): ReplyScript => scripts[Math.min(next, scripts.length - 1)] as ReplyScript;
  return {
    requests: [],
    sockets: new Set(),
    busy: new Set(),
    accepted: 0,
    aborted: 0,
    peek,
    take() {
      const script = peek();
      next += 1;
      return script;
    },
    changed() {
      for (const watch of watchers) watch();
    },
    until(holds, withinMs) {
      if (holds()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = (value: boolean): void => {
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(value);
        };
        const watch = (): void => {
          if (holds()) settle(true);
        };
        const timer = setTimeout(() => settle(false), withinMs);
        watchers.add(watch);
      });
    },
  };
}

function serve(socket: Socket, state: State): void {
  state.accepted += 1;
  state.sockets.add(socket);
  const run = createConnection(socket, state);
  const parse = createRequestParser(state.accepted);
  let turn = state.peek().atConnect ? run(state.take()) : Promise.resolve();
  // Read at all times: a peer that leaves shows only on a socket that is being read.
  socket.on('data', (bytes) => {
    for (const request of parse(bytes)) {
      const script = state.take();
      state.requests.push(request);
      turn = turn.then(() => run(script, nonceOf(request)));
    }
    state.changed();
  });
  state.changed();
}

/** Runs the scripts of one connection. The promise resolves when a script is over, or the connection is. */
function createConnection(socket: Socket, state: State): (script: ReplyScript, nonce?: string) => Promise<void> {
  const gone = new AbortController();
  const { busy } = state;
  const leave = (): void => {
    if (!gone.signal.aborted && busy.has(socket)) state.aborted += 1;
    gone.abort();
    state.changed();
  };
  socket.on('error', leave);
  socket.once('end', leave);
  socket.once('close', () => {
    state.sockets.delete(socket);
    leave();
    busy.delete(socket);
  });
  return async ({ actions }, nonce) => {
    if (!gone.signal.aborted) busy.add(socket);
    for (const action of actions) {
      if (gone.signal.aborted) break;
      if (action.kind === 'reset' || action.kind === 'close') busy.delete(socket);
      // The only rejection is that of the signal, which the next turn of the loop looks at.
      await perform(withNonce(action, nonce), socket, gone.signal).catch(() => {});
    }
    busy.delete(socket);
    state.changed();
  };
}

function nonceOf({ body }: ReceivedRequest): string | undefined {
  return NONCES.exec(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'))?.[0];
}

/** Bytes for bytes, so that a length that was promised stays true. */
function withNonce(action: ReplyAction, nonce: string | undefined): ReplyAction {
  if (nonce === undefined || action.kind !== 'write') return action;
  const text = Buffer.from(action.bytes).toString('latin1');
  if (!text.includes(NONCE)) return action;
  return { kind: 'write', bytes: Buffer.from(text.replaceAll(NONCE, nonce), 'latin1') };
}

async function perform(action: ReplyAction, socket: Socket, gone: AbortSignal): Promise<void> {
  switch (action.kind) {
    case 'write':
      if (!socket.write(action.bytes)) await once(socket, 'drain', { signal: gone });
      return;
    case 'delay':
      await sleep(action.ms, undefined, { signal: gone });
      return;
    case 'silence':
      if (!gone.aborted) await once(gone, 'abort');
      return;
    case 'reset':
      await flushed(socket);
      socket.resetAndDestroy();
      return;
    case 'close':
      socket.destroySoon();
      return;
  }
}

/** A reset throws away what the process still holds, so what was written must have left first. */
function flushed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.write('', () => resolve()));
}

async function shut(server: Server, state: State): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of state.sockets) socket.destroy();
  await closed;
}
