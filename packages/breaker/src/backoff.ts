import type { Backoff, BackoffStep } from '@sluice/contract';
import { decorrelatedJitterGenerator, ExponentialBackoff } from 'cockatiel';
import type { IBackoff } from 'cockatiel';

/** The median of the first wait is below this; a caller whose first target is down hardly notices it. */
const FIRST_MS = 25;
const LONGEST_MS = 2_000;

/**
 * cockatiel's decorrelated jitter: waits that grow about twofold, each drawn by chance, so that requests which failed
 * together do not come back together. No first wait is longer than 35 ms, none at all longer than 2 s.
 */
export function createBackoff(): Backoff {
  const policy = new ExponentialBackoff({
    generator: decorrelatedJitterGenerator,
    initialDelay: FIRST_MS,
    maxDelay: LONGEST_MS,
  });
  return () => new Step(policy.next());
}

class Step implements BackoffStep {
  readonly #drawn: IBackoff<unknown>;

  constructor(drawn: IBackoff<unknown>) {
    this.#drawn = drawn;
  }

  get delayMs(): number {
    return this.#drawn.duration;
  }

  next(): BackoffStep {
    return new Step(this.#drawn.next(undefined));
  }
}
