import { gatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import { SnapshotHolder } from '@sluice/core';
import type { Lease } from '@sluice/core';
import type { Callers } from '../http/callers.js';
import { within } from '../within.js';
import type { GatewayGeneration } from './build-generation.js';

/** Generations with requests in flight, the current one among them. */
const MOST_LIVE = 3;
/** Requests that are cut get this long to be told. */
const LAST_WORDS_MS = 500;

export interface GenerationsDeps {
  readonly clock: Clock;
  readonly callers: Callers;
}

/** One that serves no new requests. */
interface Retired {
  /** Everybody who came up to this one may still read it. */
  readonly lastCaller: number;
  /** Resolves when nobody reads it. */
  readonly idle: Promise<void>;
  /** Ends the wait for those who do. */
  readonly cut: () => void;
  /** Whether only the end of the gateway does. */
  readonly isPatient: boolean;
}

/**
 * The generations of a gateway: the one that serves, and those before it that requests still read. One of these is
 * disposed of when the last such request has ended; when `server.drainTimeoutMs` is over, or more than three are alive, what is
 * left of the oldest ends with `draining` first.
 */
export class Generations {
  readonly #deps: GenerationsDeps;
  readonly #holder: SnapshotHolder<GatewayGeneration>;
  readonly #retired = new Set<Retired>();

  constructor(first: GatewayGeneration, deps: GenerationsDeps) {
    this.#deps = deps;
    this.#holder = new SnapshotHolder(first);
  }

  get current(): GatewayGeneration {
    return this.#holder.current;
  }

  /** How many are alive. */
  get live(): number {
    return this.#retired.size + 1;
  }

  acquire(): Lease {
    return this.#holder.acquire();
  }

  /** Serves `next` from now on. Whoever reads the one before is given a time to end, or, where that is patient, all of it. */
  swap(next: GatewayGeneration, { isPatient = false }: { readonly isPatient?: boolean } = {}): void {
    const before = this.current;
    const isRead = this.#holder.leases > 0;
    const idle = this.#holder.swap(next);
    if (!isRead) return before.dispose();
    const { promise: isCut, resolve: cut } = Promise.withResolvers<void>();
    const retired: Retired = { lastCaller: this.#deps.callers.admitted, idle, cut, isPatient };
    this.#retired.add(retired);
    const cancel = isPatient ? undefined : this.#deps.clock.after(next.config.server.drainTimeoutMs, cut);
    void this.#outlast(retired, isCut).then(() => {
      cancel?.();
      this.#retired.delete(retired);
      before.dispose();
    });
    this.#cutSurplus();
  }

  /** Disposes of all. Nothing is in flight any more. */
  async close(): Promise<void> {
    for (const { cut } of this.#retired) cut();
    while (this.#retired.size > 0) await Promise.all([...this.#retired].map(({ idle }) => within(idle, LAST_WORDS_MS)));
    this.current.dispose();
  }

  async #outlast({ lastCaller, idle }: Retired, isCut: Promise<void>): Promise<void> {
    let isIdle = false;
    await Promise.race([idle.then(() => (isIdle = true)), isCut]);
    if (isIdle) return;
    this.#deps.callers.dismiss(
      gatewayError('draining', {
        message: 'The configuration under which this request began is no longer served.',
        details: { retryAfterMs: 1_000 },
      }),
      lastCaller,
    );
    await within(idle, LAST_WORDS_MS);
  }

  #cutSurplus(): void {
    const [oldest, ...others] = [...this.#retired].filter(({ isPatient }) => !isPatient);
    if (others.length + 2 > MOST_LIVE) oldest?.cut();
  }
}
