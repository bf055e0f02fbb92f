import type { Clock } from '@sluice/contract';

/** After the stop has begun, calls are still served for this long: who watches the readiness needs time to see it. */
const GRACE_MS = 1_000;

type Stage = 'serving' | 'leaving' | 'grace' | 'refusing' | 'stopped';

/** Where a gateway stands between start and stop. */
export class Lifecycle {
  readonly #clock: Clock;
  #stage: Stage = 'serving';
  #graceOver: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the readiness probe says. */
  get isReady(): boolean {
    return this.#stage === 'serving' || this.#stage === 'leaving';
  }

  /** Whether connections may wait for a further call. */
  get keepsConnections(): boolean {
    return this.#stage === 'serving';
  }

  /** Another process serves from now on: what still comes is answered, and its connection closes with the answer. */
  leave(): void {
    if (this.#stage === 'serving') this.#stage = 'leaving';
  }

  /** Begins the stop. Resolves when calls are refused: after the grace, or at once where nobody uses the gateway. */
  drain({ isInUse }: { readonly isInUse: boolean }): Promise<void> {
    return (this.#graceOver ??= this.#grace(isInUse ? GRACE_MS : 0));
  }

  /** Refuses everything from now on, the probes too. */
  stop(): void {
    this.#stage = 'stopped';
  }

  /** True when new calls of models get a 503 `draining`. */
  isRefusing(): boolean {
    return this.#stage === 'refusing' || this.#stage === 'stopped';
  }

  /** True when nothing is answered any more. */
  isStopped(): boolean {
    return this.#stage === 'stopped';
  }

  #grace(ms: number): Promise<void> {
    if (this.isReady) this.#stage = 'grace';
    return new Promise((resolve) => {
      this.#clock.after(ms, () => {
        if (this.#stage === 'grace') this.#stage = 'refusing';
        resolve();
      });
    });
  }
}
