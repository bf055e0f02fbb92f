import { isGatewayError } from '@sluice/contract';
import type { Transport, UpstreamRequest, UpstreamResponse } from '@sluice/contract';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { Exchange } from './exchange.js';
import { mapSocketError } from './map-socket-error.js';

/** A transport that owns its sockets. */
export interface PooledTransport extends Transport {
  /** Lets the sockets to an origin go: idle ones now, the others with their answer. Who calls there again opens new ones. */
  forget(origin: string): Promise<void>;
  /** Closes every socket at once. Whoever wants requests in flight to end well waits for them first. */
  close(): Promise<void>;
}

export interface TransportSettings {
  /** Sockets to one origin, at most. */
  readonly maxConnectionsPerOrigin: number;
}

/** One pool of sockets for each origin and connect timeout, until the origin is forgotten. */
export function createTransport(settings: TransportSettings = { maxConnectionsPerOrigin: 512 }): PooledTransport {
  const pools = new Map<string, Map<number, Pool>>();
  const leaving = new Set<Pool>();
  let routes = new WeakMap<URL, Route>();

  const poolFor = (origin: string, connectTimeoutMs: number): Pool => {
    const there = pools.get(origin) ?? new Map<number, Pool>();
    pools.set(origin, there);
    let pool = there.get(connectTimeoutMs);
    if (!pool) there.set(connectTimeoutMs, (pool = createPool(origin, connectTimeoutMs, settings)));
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
      return dispatch(request, routeFor(request.url, connectTimeoutMs), signal);
    },
    async forget(origin) {
      const gone = [...(pools.get(origin)?.values() ?? [])];
      pools.delete(origin);
      // Routes may name the pools that go.
      routes = new WeakMap();
      await Promise.all(gone.map((pool) => leave(pool, leaving)));
    },
    async close() {
      const all = [...leaving, ...[...pools.values()].flatMap((there) => [...there.values()])];
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

async function leave(pool: Pool, leaving: Set<Pool>): Promise<void> {
  leaving.add(pool);
  try {
    await pool.close();
  } finally {
    leaving.delete(pool);
  }
}

interface Route {
  readonly connectTimeoutMs: number;
  readonly pool: Pool;
  readonly path: string;
}

function dispatch(request: UpstreamRequest, { pool, path }: Route, signal: AbortSignal): Promise<UpstreamResponse> {
  const exchange = new Exchange(signal);
  try {
    pool.dispatch({ path, method: request.method, ...toBody(request) }, exchange);
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
 * Deadlines for the head and between reads belong to the pipeline, whose timers are exact; undici's are off. Redirects
 * are never followed: undici does so only when asked.
 */
function createPool(origin: string, connectTimeoutMs: number, settings: TransportSettings): Pool {
  return new Pool(origin, {
    connections: settings.maxConnectionsPerOrigin,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { timeout: connectTimeoutMs },
  });
}
