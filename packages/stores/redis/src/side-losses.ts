import type { Clock } from '@sluice/contract';

/** Connections besides the first one. */
export type SideName = 'claims' | 'answers';

/** Connections of a server that is gone learn of it within so much time of each other. */
const TOGETHER_MS = 2_000;

export interface SideLossesOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** Whether the first connection is there. */
  readonly isServerUp: () => boolean;
  /** Hears of a side connection that was lost by itself. Must not throw. */
  readonly onLost: (side: SideName, cause: unknown) => void;
}

/**
 * Tells of side connections that are lost while the server is there. What becomes of the server itself the first connection
 * tells, and nobody repeats it; of a side that comes and goes it is told once in a while.
 */
export class SideLosses {
  readonly #options: SideLossesOptions;
  readonly #pending = new Set<SideName>();
  #serverLostMs = Number.NEGATIVE_INFINITY;

  constructor(options: SideLossesOptions) {
    this.#options = options;
  }

  noteServer(): void {
    this.#serverLostMs = this.#options.clock.monotonic();
  }

  noteSide(side: SideName, cause: unknown): void {
    if (this.#pending.has(side)) return;
    this.#pending.add(side);
    const { clock, isServerUp, onLost } = this.#options;
    const lostMs = clock.monotonic();
    clock.after(TOGETHER_MS, () => {
      this.#pending.delete(side);
      if (isServerUp() && this.#serverLostMs < lostMs - TOGETHER_MS) onLost(side, cause);
    });
  }
}
