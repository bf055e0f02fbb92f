import type { Claim, Clock, CounterStore, ReserveResult } from '@sluice/contract';

interface Seen {
  readonly used: number;
  /** When that window is over, by the monotonic clock. */
  readonly untilMs: number;
}

const MAX_SEEN = 10_000;

/**
 * What counts for this process alone while a store fails, and from where it goes on. A store has one, whoever guards it:
 * two would give out twice what the store had left.
 */
export class StandIn {
  readonly #clock: Clock;
  /** What was counted when the store last told, so that this process alone does not begin anew. */
  readonly #seen = new Map<string, Seen>();
  #local: CounterStore | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The store that counts meanwhile, which `make` makes where there is none yet. */
  local(make: () => CounterStore): CounterStore {
    return (this.#local ??= make());
  }

  /** What was counted meanwhile is of no use any more. */
  forgetLocal(): void {
    this.#local = undefined;
  }

  /** What the store has told. */
  remember({ states }: ReserveResult): void {
    const nowMs = this.#clock.monotonic();
    for (const { claim, remaining, resetMs } of states) {
      if (claim.kind === 'gauge') continue;
      const key = keyOf(claim);
      // A sliding window tells when there is some room; all of it is over with its whole length.
      const untilMs = nowMs + (claim.span === 'sliding' ? claim.windowMs : resetMs);
      this.#seen.delete(key);
      this.#seen.set(key, { used: claim.limit - remaining, untilMs });
      if (this.#seen.size > MAX_SEEN) this.#seen.delete(this.#seen.keys().next().value as string);
    }
  }

  /** What was used of a claim's window when the store last told. */
  seenOf(claim: Claim): number {
    const seen = this.#seen.get(keyOf(claim));
    return seen && this.#clock.monotonic() < seen.untilMs ? seen.used : 0;
  }
}

function keyOf({ scope, name, span, windowMs }: Claim): string {
  return `${scope}\n${name}\n${span ?? ''}${windowMs}`;
}
