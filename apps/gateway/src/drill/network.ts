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

export interface NetworkParts {
  readonly inner: Transport;
  readonly clock: DrillClock;
  /** Providers by the origins of their stand-ins. Nothing goes anywhere else. */
  readonly names: ReadonlyMap<string, string>;
  /** An origin of this machine at which nobody listens. */
  readonly nowhere: string;
}

/** What lies between the gateway and the stand-ins. */
export class DrillNetwork implements Transport {
  readonly #parts: NetworkParts;
  #sent: Sent[] = [];
  #stray: string | undefined;
  #struck: ReadonlySet<string> = new Set();
  #outage: Outage | undefined;
  #sinceMs = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** Everything that was sent since the last call of `strike`. */
  get sent(): readonly Sent[] {
    return this.#sent;
  }

  /** Where a request was about to go that is no stand-in; absent as long as none was. */
  get stray(): string | undefined {
    return this.#stray;
  }

  /** From now on these providers are out of reach as `outage` says, and no others. */
  strike(providers: ReadonlySet<string>, outage: Outage | undefined): void {
    this.#struck = providers;
    this.#outage = outage;
    this.#sinceMs = this.#parts.clock.monotonic();
    this.#sent = [];
  }

  async send(request: UpstreamRequest, options: SendOptions, signal: AbortSignal): Promise<UpstreamResponse> {
    const { clock } = this.#parts;
    clock.stir();
    try {
      const { head, body } = await this.#reach(request, options, signal);
      return { head, body: stirring(body, clock) };
    } finally {
      clock.stir();
    }
  }

  async #reach(request: UpstreamRequest, options: SendOptions, signal: AbortSignal): Promise<UpstreamResponse> {
    const { names, clock, inner, nowhere } = this.#parts;
    const provider = names.get(request.url.origin);
    if (provider === undefined) {
      this.#stray = request.url.origin;
      throw new Error('A drill calls no one but stand-ins.');
    }
    const atMs = clock.monotonic();
    this.#sent.push({ provider, atMs });
    const outage = this.#struck.has(provider) ? this.#outage : undefined;
    if (!outage || !isDown(outage, atMs - this.#sinceMs)) return inner.send(request, options, signal);
    switch (outage.how) {
      case 'refused':
        return inner.send({ ...request, url: new URL(nowhere + request.url.pathname) }, options, signal);
      case 'black-hole':
        return vanish(clock, options, signal);
      case 'no-address':
        throw gatewayError('upstream_connection_error', { message: 'The provider could not be reached.' });
    }
  }
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
