import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gatewayError } from '@sluice/contract';
import type { SendOptions, Transport, UpstreamBody, UpstreamRequest, UpstreamResponse } from '@sluice/contract';
import type { DrillClock } from './drill-clock.js';
import type { Outage } from './scenario.js';

/** One request that left for a stand-in. */
export interface Sent {
  readonly provider: string;
  readonly atMs: number;
}

/** What lies between the gateway and the stand-ins. */
export interface DrillNetwork extends Transport {
  /** Everything that was sent since the last call of `strike`. */
  readonly sent: readonly Sent[];
  /** From now on these providers are out of reach as `outage` says, and no others. */
  strike(providers: ReadonlySet<string>, outage: Outage | undefined): void;
}

export interface NetworkParts {
  readonly inner: Transport;
  readonly clock: DrillClock;
  /** Providers by the origins of their stand-ins. Nothing goes anywhere else. */
  readonly names: ReadonlyMap<string, string>;
  /** An origin of this machine at which nobody listens. */
  readonly nowhere: string;
}

export function createDrillNetwork({ inner, clock, names, nowhere }: NetworkParts): DrillNetwork {
  let sent: Sent[] = [];
  let struck: ReadonlySet<string> = new Set();
  let outage: Outage | undefined;
  let sinceMs = 0;

  const reach = async (request: UpstreamRequest, options: SendOptions, signal: AbortSignal) => {
    const provider = names.get(request.url.origin);
    if (provider === undefined) throw new Error(`A drill calls no one but stand-ins, and not ${request.url.origin}.`);
    const atMs = clock.monotonic();
    sent.push({ provider, atMs });
    if (!outage || !struck.has(provider) || !isDown(outage, atMs - sinceMs))
      return inner.send(request, options, signal);
    switch (outage.how) {
      case 'refused':
        return inner.send({ ...request, url: new URL(nowhere + request.url.pathname) }, options, signal);
      case 'black-hole':
        return vanish(clock, options, signal);
      case 'no-address':
        throw gatewayError('upstream_connection_error', { message: 'The provider could not be reached.' });
    }
  };

  return {
    get sent() {
      return sent;
    },
    strike(providers, next) {
      [struck, outage, sinceMs, sent] = [providers, next, clock.monotonic(), []];
    },
    async send(request, options, signal) {
      clock.stir();
      try {
        const { head, body } = await reach(request, options, signal);
        return { head, body: stirring(body, clock) };
      } finally {
        clock.stir();
      }
    },
  };
}

function isDown({ forMs = Infinity, flapMs }: Outage, elapsedMs: number): boolean {
  return elapsedMs < forMs && (flapMs === undefined || Math.floor(elapsedMs / flapMs) % 2 === 0);
}

/** No address of one's own machine drops what is sent to it, so here the wait is played, with the words of a real one. */
function vanish(clock: DrillClock, { connectTimeoutMs }: SendOptions, signal: AbortSignal): Promise<UpstreamResponse> {
  return new Promise((_, reject) => {
    const leave = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(connectTimeoutMs, () => {
      signal.removeEventListener('abort', leave);
      reject(gatewayError('upstream_timeout', { message: 'The provider did not accept the connection in time.' }));
    });
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** A body whose every read tells the clock. */
function stirring(body: UpstreamBody, clock: DrillClock): UpstreamBody {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    clock.stir();
    try {
      return await work;
    } finally {
      clock.stir();
    }
  };
  return {
    [Symbol.asyncIterator]() {
      const reads = body[Symbol.asyncIterator]();
      return {
        next: () => told(reads.next()),
        return: () => told(reads.return?.() ?? Promise.resolve({ done: true, value: undefined })),
      };
    },
    bytes: (maxBytes) => told(body.bytes(maxBytes)),
    cancel: () => body.cancel(),
  };
}

/** An origin that refuses connections: a port that was free a moment ago. */
export async function findNowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
