import { gatewayError } from '@sluice/contract';
import type { Cancel, Clock } from '@sluice/contract';

/** A timer that is later than this was held up: the process was stopped, or its machine asleep. */
const STALL_MS = 250;
const CATCH_UP_MS = 100;

/**
 * The signal of one attempt: follows the caller's and adds one deadline at a time. `dispose` it when the attempt is
 * over; nothing of it keeps the process alive.
 */
export class AttemptDeadline {
  readonly #clock: Clock;
  readonly #parent: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onParentAbort = (): void => this.#controller.abort(this.#parent.reason);
  #cancel: Cancel | undefined;
  /** When the provider was last heard, moved on by the time that nobody listened. */
  #heardMs = 0;
  #restingSinceMs: number | undefined;

  constructor(clock: Clock, parent: AbortSignal) {
    this.#clock = clock;
    this.#parent = parent;
    if (parent.aborted) this.#onParentAbort();
    else parent.addEventListener('abort', this.#onParentAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts with `upstream_timeout` after `ms`. Replaces the deadline before. */
  arm(ms: number, what: string): void {
    this.#cancel?.();
    this.#after(ms, () => this.#expire(what));
  }

  /**
   * From now on aborts when the provider is silent for `idleMs`, or in `leftMs` at the latest. Replaces the deadline
   * before. Starts at rest: silence counts only between `resume` and `rest`.
   */
  watch({ idleMs, leftMs }: { readonly idleMs: number | undefined; readonly leftMs: number }): void {
    const untilMs = this.#clock.monotonic() + leftMs;
    const look = (): void => {
      const nowMs = this.#clock.monotonic();
      const restedMs = this.#restingSinceMs === undefined ? 0 : nowMs - this.#restingSinceMs;
      const silentUntilMs = this.#heardMs + restedMs + (idleMs ?? Number.POSITIVE_INFINITY);
      if (nowMs >= untilMs) this.#expire('The answer took longer than its total time.');
      else if (nowMs >= silentUntilMs) this.#expire('The provider fell silent mid-answer.');
      else this.#after(Math.min(untilMs, silentUntilMs) - nowMs, look);
    };
    this.touch();
    this.rest();
    this.#cancel?.();
    look();
  }

  /** The stream came forward. Only notes the time: a timer for each read would cost more than the read. */
  touch(): void {
    this.#heardMs = this.#clock.monotonic();
  }

  /** Nobody reads for a while: a slow caller is not the provider's silence. */
  rest(): void {
    this.#restingSinceMs = this.#clock.monotonic();
  }

  /** Somebody reads again. */
  resume(): void {
    if (this.#restingSinceMs === undefined) return;
    this.#heardMs += this.#clock.monotonic() - this.#restingSinceMs;
    this.#restingSinceMs = undefined;
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#parent.removeEventListener('abort', this.#onParentAbort);
  }

  /** A timer that comes late tells of this process, not of the provider: what has arrived meanwhile is read first. */
  #after(ms: number, run: () => void): void {
    const dueMs = this.#clock.monotonic() + ms;
    this.#cancel = this.#clock.after(ms, () => {
      if (this.#clock.monotonic() - dueMs < STALL_MS) run();
      else this.#cancel = this.#clock.after(CATCH_UP_MS, run);
    });
  }

  #expire(message: string): void {
    this.#controller.abort(gatewayError('upstream_timeout', { message }));
  }
}
