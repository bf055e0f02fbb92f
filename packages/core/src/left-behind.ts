import { WhenIdle } from '@sluice/toolkit';

/** A call that goes on though its caller has left. */
export interface LeftCall {
  /** Aborted where the gateway waits for it no longer. */
  readonly signal: AbortSignal;
  /** It has ended. Idempotent. */
  end(): void;
}

/** The calls whose callers have left and which go on, so that a stop can wait for them and end them. */
export class LeftBehind {
  readonly #calls = new Set<AbortController>();
  readonly #idle = new WhenIdle(() => this.#calls.size === 0);

  get size(): number {
    return this.#calls.size;
  }

  begin(): LeftCall {
    const controller = new AbortController();
    this.#calls.add(controller);
    return { signal: controller.signal, end: () => this.#end(controller) };
  }

  /** Resolves when there are none. */
  idle(): Promise<void> {
    return this.#idle.wait();
  }

  /** Ends all that there are with `reason`. */
  stop(reason: unknown): void {
    for (const controller of this.#calls) controller.abort(reason);
  }

  #end(controller: AbortController): void {
    if (this.#calls.delete(controller)) this.#idle.check();
  }
}
