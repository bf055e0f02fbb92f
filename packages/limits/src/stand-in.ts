import type { Claim, Clock, CounterStore, ReserveResult } from '@sluice/contract';

/** What was used of one window when the store last told. */
interface Seen extends Pick<Claim, 'name' | 'span' | 'windowMs'> {
  used: number;
  /** When that window is over, by the monotonic clock. */
  untilMs: number;
}

/** Of more, the one that has been known for longest is forgotten. */
const MAX_SCOPES = 10_000;

/**
 * What counts for this process alone while a store fails, and from where it goes on. A store has one, whoever guards it:
 * two would give out twice what the store had left.
 */
export class StandIn {
  readonly #clock: Clock;
  /** By scope, so that this process alone does not begin anew. A scope has few windows: to look through these is cheap. */
  readonly #seen = new Map<string, Seen[]>();
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
      const seen = this.#find(claim) ?? this.#add(claim);
      seen.used = claim.limit - remaining;
      // A sliding window tells when there is some room; all of it is over with its whole length.
      seen.untilMs = nowMs + (claim.span === 'sliding' ? claim.windowMs : resetMs);
    }
  }

  /** What was used of a claim's window when the store last told. */
  seenOf(claim: Claim): number {
    const seen = this.#find(claim);
    return seen && this.#clock.monotonic() < seen.untilMs ? seen.used : 0;
  }

  #find({ scope, name, span, windowMs }: Claim): Seen | undefined {
    return this.#seen
      .get(scope)
      ?.find((seen) => seen.name === name && seen.span === span && seen.windowMs === windowMs);
  }

  #add({ scope, name, span, windowMs }: Claim): Seen {
    const seen: Seen = { name, windowMs, used: 0, untilMs: 0, ...(span && { span }) };
    const windows = this.#seen.get(scope);
    if (windows) windows.push(seen);
    else this.#seen.set(scope, [seen]);
    if (this.#seen.size > MAX_SCOPES) this.#seen.delete(this.#seen.keys().next().value as string);
    return seen;
  }
}
