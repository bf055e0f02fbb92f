import type { Cancel, Priority, Slot } from '@sluice/contract';
import type { Entrant } from './entrant.js';
import type { Waiting } from './fair-line.js';

export interface WaiterParts {
  readonly signal: AbortSignal;
  readonly cancelTimer: Cancel;
  /** Hears how it ended, once: with a place or without one, or `left` where the request itself is over. */
  settle(slot: Slot | undefined, left: boolean): void;
}

/** One request in line. It ends with a place, with patience lost, or with the request, whichever comes first. */
export class Waiter implements Waiting {
  readonly entrant: Entrant;
  readonly priority: Priority;
  readonly #onAbort = (): void => this.#end(undefined, true);
  #parts: WaiterParts | undefined;

  constructor(entrant: Entrant, priority: Priority, parts: WaiterParts) {
    this.entrant = entrant;
    this.priority = priority;
    this.#parts = parts;
    parts.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get caller(): string {
    return this.entrant.caller;
  }

  admit(slot: Slot): void {
    this.#end(slot, false);
  }

  giveUp(): void {
    this.#end(undefined, false);
  }

  #end(slot: Slot | undefined, left: boolean): void {
    const parts = this.#parts;
    if (!parts) return slot?.release();
    this.#parts = undefined;
    parts.cancelTimer();
    parts.signal.removeEventListener('abort', this.#onAbort);
    parts.settle(slot, left);
  }
}
