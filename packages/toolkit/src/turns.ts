import { gatewayError } from '@sluice/contract';

export interface TurnsOptions {
  /** How many may be at it at one time. */
  readonly atOnce: number;
  /** How many may wait for that. Who comes then is told `overloaded`. */
  readonly waiting: number;
  /** What they are told. */
  readonly message: string;
  readonly retryAfterMs: number;
}

/** Lets a few in at a time, in the order in which they came. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Resolves when it is the caller's turn, who has to `leave` then. Rejects with `overloaded` or the signal's reason. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { atOnce, waiting, message, retryAfterMs } = this.#options;
    if (this.#taken < atOnce) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= waiting) throw gatewayError('overloaded', { message, details: { retryAfterMs } });
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(turn);
    });
  }

  /** Whoever waits longest takes the place over. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }
}
