import { gatewayError } from '@sluice/contract';
import type { Cancel, Clock, GatewayError } from '@sluice/contract';
import type { ShedSettings } from '../config/server-settings.js';

/** How often the state of the process is looked at. */
const LOOK_EVERY_MS = 100;
/** One late look may be a process that was stopped, or a collection of garbage; so many in a row are work that piles up. */
const LATE_LOOKS = 3;
/** Above the share of the heap from which calls are refused: from here on, connections are too. */
const CONNECTIONS_SHARE = 0.03;
/** A body of JSON takes about so many times its size once it is parsed. */
const PARSED_FACTOR = 4;
/** Smaller bodies make no difference between two looks. */
const LARGE_BODY_BYTES = 262_144;
/** Who refuses everything makes no garbage, and so has none collected: then it is asked for, so often at most. */
const COLLECT_EVERY_MS = 5_000;
/** Things may be better at the next look; who comes back is told a whole second, the least that can be said. */
const RETRY_AFTER_MS = 1_000;

export interface Heap {
  readonly usedBytes: number;
  readonly limitBytes: number;
}
export interface PressureDeps {
  readonly clock: Clock;
  readonly readHeap: () => Heap;
  /** Has what nobody refers to any more collected. */
  readonly collectGarbage: () => void;
  readonly settings: () => ShedSettings;
}

/**
 * Whether the process has more to do than it can: its heap is nearly full, or its event loop is behind. Looked at ten
 * times a second; what is asked for each call is a field.
 */
export class Pressure {
  readonly #deps: PressureDeps;
  #cancel: Cancel;
  #lateLooks = 0;
  #refused = 0;
  #collectedMs = Number.NEGATIVE_INFINITY;
  /** New calls of models are refused. */
  isShedding = false;
  /** New connections are closed at once. */
  refusesConnections = false;

  constructor(deps: PressureDeps) {
    this.#deps = deps;
    this.#cancel = this.#lookAfter(LOOK_EVERY_MS);
  }

  /** How many calls were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** The 503 for a call that is refused; counts it. */
  refuse(): GatewayError {
    this.#refused += 1;
    return gatewayError('overloaded', {
      message: 'The gateway has more to do than it can.',
      details: { retryAfterMs: RETRY_AFTER_MS },
    });
  }

  /** Throws the 503 where a body of so many bytes would not fit into the heap once it is parsed. */
  assertRoom(bodyBytes: number): void {
    if (bodyBytes < LARGE_BODY_BYTES) return;
    const { usedBytes, limitBytes } = this.#deps.readHeap();
    if (usedBytes + bodyBytes * PARSED_FACTOR > limitBytes * this.#deps.settings().heapShare) throw this.refuse();
  }

  stop(): void {
    this.#cancel();
  }

  #lookAfter(ms: number): Cancel {
    const dueMs = this.#deps.clock.monotonic() + ms;
    return this.#deps.clock.after(ms, () => {
      this.#look(this.#deps.clock.monotonic() - dueMs);
      this.#cancel = this.#lookAfter(LOOK_EVERY_MS);
    });
  }

  #look(lateMs: number): void {
    const { heapShare, eventLoopDelayMs } = this.#deps.settings();
    const { usedBytes, limitBytes } = this.#deps.readHeap();
    const used = usedBytes / limitBytes;
    if (used > heapShare) this.#collect();
    this.#lateLooks = lateMs > eventLoopDelayMs ? this.#lateLooks + 1 : 0;
    this.isShedding = used > heapShare || this.#lateLooks >= LATE_LOOKS;
    this.refusesConnections = used > heapShare + CONNECTIONS_SHARE;
  }

  #collect(): void {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#collectedMs < COLLECT_EVERY_MS) return;
    this.#collectedMs = nowMs;
    this.#deps.collectGarbage();
  }
}
