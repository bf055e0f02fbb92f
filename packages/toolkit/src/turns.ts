import { gatewayError } from '@sluice/contract';

/** How many may come in, and what becomes of the others. */
export interface TurnsOptions {
  /** How many may be at it at one time. */
  readonly atOnce: number;
  /** How many may wait for that, half of them for one and the same. Who comes then is told `overloaded`. */
  readonly waiting: number;
  /** What they are told. */
  readonly message: string;
  readonly retryAfterMs: number;
}

interface Waiter {
  readonly whose: string | undefined;
  readonly admit: () => void;
}

/** Lets a few in at a time, in the order in which they came, and for each of those who are named one alone. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting: Waiter[] = [];
  readonly #inside = new Set<string>();
  #taken = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it is the caller's turn, who has to `leave` then, for the same. Rejects with `overloaded` or the signal's
   * reason.
   */
  async enter(signal: AbortSignal, whose?: string): Promise<void> {
    signal.throwIfAborted();
    if (this.#hasRoomFor(whose)) {
      this.#take(whose);
      return;
    }
    this.#assertMayWait(whose);
    await new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const waiter = { whose, admit };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Whoever waits longest, of those whose turn it may be, takes the place over. */
  leave(whose?: string): void {
    this.#taken -= 1;
    if (whose !== undefined) this.#inside.delete(whose);
    const at = this.#waiting.findIndex((waiter) => this.#hasRoomFor(waiter.whose));
    const [next] = at === -1 ? [] : this.#waiting.splice(at, 1);
    if (!next) return;
    this.#take(next.whose);
    next.admit();
  }

  #hasRoomFor(whose: string | undefined): boolean {
    return this.#taken < this.#options.atOnce && (whose === undefined || !this.#inside.has(whose));
  }

  #take(whose: string | undefined): void {
    this.#taken += 1;
    if (whose !== undefined) this.#inside.add(whose);
  }

  #assertMayWait(whose: string | undefined): void {
    const { waiting, message, retryAfterMs } = this.#options;
    const own = whose === undefined ? 0 : this.#waiting.filter((waiter) => waiter.whose === whose).length;
    if (this.#waiting.length < waiting && own < waiting / 2) return;
    throw gatewayError('overloaded', { message, details: { retryAfterMs } });
  }
}
