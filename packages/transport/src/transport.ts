import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isGatewayError } from '@sluice/contract';
import type { Clock, Transport, UpstreamRequest, UpstreamResponse } from '@sluice/contract';
import { Client, Pool } from 'undici';
import type { Dispatcher, buildConnector } from 'undici';
import { createConnector } from './connector.js';
import { Exchange } from './exchange.js';
import type { Sent } from './exchange.js';
import { mapSocketError } from './map-socket-error.js';
import { createNameGuard } from './name-guard.js';
import type { NameGuard } from './name-guard.js';
import { SocketAges } from './socket-ages.js';

/** A transport that owns its sockets. */
export interface PooledTransport extends Transport {
  /** Lets the sockets to an origin go: idle ones now, the others with their answer. Who calls there again opens new ones. */
  forget(origin: string): Promise<void>;
  /** Closes every socket at once. Whoever wants requests in flight to end well waits for them first. */
  close(): Promise<void>;
}

export interface TransportSettings {
  /** Measures how long a connection takes. */
  readonly clock: Clock;
  /** Sockets to one origin, at most. Default 512. */
  readonly maxConnectionsPerOrigin?: number;
  /** Resolves names. Default: the system's resolver. */
  readonly lookup?: LookupFunction;
  /** What is done to the text of an answer that says no, before anybody reads it. Default: nothing. */
  readonly scrub?: (text: string) => string;
}

const MAX_CONNECTIONS = 512;

/** One pool of sockets for each origin and connect timeout, until the origin is forgotten. */
export function createTransport(settings: TransportSettings): PooledTransport {
  const pools = new Map<string, Map<number, Pool>>();
  const names = createNameGuard(settings.lookup ?? systemLookup);
  const sockets = createSockets(settings, names);
  let routes = new WeakMap<URL, Route>();

  const poolFor = (origin: string, connectTimeoutMs: number): Pool => {
    const there = pools.get(origin) ?? new Map<number, Pool>();
    pools.set(origin, there);
    let pool = there.get(connectTimeoutMs);
    if (!pool) there.set(connectTimeoutMs, (pool = sockets.pool(origin, connectTimeoutMs)));
    return pool;
  };

  const routeFor = (url: URL, connectTimeoutMs: number): Route => {
    const known = routes.get(url);
    if (known?.connectTimeoutMs === connectTimeoutMs) return known;
    const pool = poolFor(url.origin, connectTimeoutMs);
    const route = { connectTimeoutMs, pool, path: `${url.pathname}${url.search}` };
    routes.set(url, route);
    return route;
  };

  return {
    send(request, { connectTimeoutMs }, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      return dispatch(new Sending(request, routeFor(request.url, connectTimeoutMs), sockets), signal);
    },
    async forget(origin) {
      const gone = [...(pools.get(origin)?.values() ?? [])];
      pools.delete(origin);
      // Routes may name the pools that go.
      routes = new WeakMap();
      names.forget(new URL(origin).hostname);
      await Promise.all(gone.map((pool) => leave(pool, sockets.leaving)));
    },
    async close() {
      const all = [...sockets.leaving, ...[...pools.values()].flatMap((there) => [...there.values()])];
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

/** What all requests share. */
interface Sockets {
  readonly ages: SocketAges;
  /** What opens connections within so many milliseconds. */
  connector(timeoutMs: number): buildConnector.connector;
  pool(origin: string, connectTimeoutMs: number): Pool;
  readonly scrub: ((text: string) => string) | undefined;
  /** What takes no new requests, and closes with the last answer. */
  readonly leaving: Set<Pool | Client>;
}

function createSockets(
  { clock, maxConnectionsPerOrigin = MAX_CONNECTIONS, scrub }: TransportSettings,
  names: NameGuard,
): Sockets {
  const ages = new SocketAges();
  const connector = (timeoutMs: number): buildConnector.connector =>
    ages.connector(createConnector(timeoutMs, { clock, lookup: names.lookup }));
  return {
    ages,
    connector,
    scrub,
    pool: (origin, connectTimeoutMs) =>
      new Pool(origin, {
        ...TIMED_OUTSIDE,
        connections: maxConnectionsPerOrigin,
        pipelining: 1,
        connect: connector(connectTimeoutMs),
      }),
    leaving: new Set(),
  };
}

async function leave(sockets: Pool | Client, leaving: Sockets['leaving']): Promise<void> {
  leaving.add(sockets);
  try {
    await sockets.close();
  } finally {
    leaving.delete(sockets);
  }
}

interface Route {
  readonly connectTimeoutMs: number;
  readonly pool: Pool;
  readonly path: string;
}

/** A request on its way, that goes out again, once, where an idle socket ended under it. */
class Sending implements Sent {
  readonly #options: Dispatcher.DispatchOptions;
  readonly #url: URL;
  readonly #route: Route;
  readonly #sockets: Sockets;
  readonly #mark: number;

  constructor(request: UpstreamRequest, route: Route, sockets: Sockets) {
    this.#url = request.url;
    this.#route = route;
    this.#sockets = sockets;
    this.#mark = sockets.ages.mark();
    this.#options = { path: route.path, method: request.method, ...toBody(request) };
  }

  begin(exchange: Exchange): void {
    this.#route.pool.dispatch(this.#options, exchange);
  }

  get scrub(): Sent['scrub'] {
    return this.#sockets.scrub;
  }

  mayRepeat(cause: Error): boolean {
    return this.#sockets.ages.isOlder(cause, this.#mark);
  }

  repeat(exchange: Exchange): void {
    const sockets = this.#sockets;
    const connect = sockets.connector(this.#route.connectTimeoutMs);
    const client = new Client(this.#url.origin, { ...TIMED_OUTSIDE, pipelining: 0, connect });
    client.dispatch(this.#options, exchange);
    void leave(client, sockets.leaving);
  }
}

function dispatch(sending: Sending, signal: AbortSignal): Promise<UpstreamResponse> {
  const exchange = new Exchange(signal, sending);
  try {
    sending.begin(exchange);
  } catch (cause) {
    return Promise.reject(isGatewayError(cause) ? cause : mapSocketError(cause, 'head'));
  }
  return exchange.response;
}

type DispatchBody = Pick<Dispatcher.DispatchOptions, 'headers' | 'body'>;

/** Pieces go out under one length, as if they were one body. */
function toBody({ headers, body }: UpstreamRequest): DispatchBody {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    return { headers, body: body ?? null };
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  // undici takes any iterable, which its types do not say.
  return { headers: { ...headers, 'content-length': String(length) }, body: body as unknown as Uint8Array };
}

/**
 * Deadlines for the head and between reads belong to the pipeline, whose timers are exact; undici's are off. Redirects are
 * never followed: undici does so only when asked.
 */
const TIMED_OUTSIDE = { headersTimeout: 0, bodyTimeout: 0, allowH2: false } as const;
