import { gatewayError } from '@sluice/contract';
import type { ChatEvent } from '@sluice/contract';

/**
 * The grammar of a canonical stream: `start` first, parts that open once and close once, `finish` last, nothing after.
 * Enforced here once, so that adapters stay simple and a faulty one is told apart from a faulty provider.
 */
export class EventOrder {
  #stage: 'before' | 'inside' | 'over' = 'before';
  readonly #open = new Set<number>();
  readonly #closed = new Set<number>();

  /** Throws `upstream_invalid_response` for an event out of place. */
  check(event: ChatEvent): void {
    if (event.type === 'start') return this.#start();
    if (this.#stage !== 'inside')
      throw outOfPlace(event, this.#stage === 'over' ? 'after the finish' : 'before the start');
    if (event.type === 'finish') this.#stage = 'over';
    else if (event.type === 'part-end') this.#close(event);
    else if (event.type !== 'usage') this.#touch(event);
  }

  #start(): void {
    if (this.#stage !== 'before') throw outOfPlace({ type: 'start' }, 'a second time');
    this.#stage = 'inside';
  }

  #touch(event: Extract<ChatEvent, { readonly index: number }>): void {
    if (this.#closed.has(event.index)) throw outOfPlace(event, 'after its part has ended');
    const opens = event.type !== 'tool-delta';
    if (!opens && !this.#open.has(event.index)) throw outOfPlace(event, 'before its tool call');
    if (event.type === 'tool-start' && this.#open.has(event.index)) throw outOfPlace(event, 'a second time');
    this.#open.add(event.index);
  }

  #close(event: Extract<ChatEvent, { readonly type: 'part-end' }>): void {
    // A part may consist of its end alone: redacted reasoning has no text, only state.
    if (this.#closed.has(event.index)) throw outOfPlace(event, 'a second time');
    this.#open.delete(event.index);
    this.#closed.add(event.index);
  }
}

function outOfPlace(event: { readonly type: string }, where: string): Error {
  return gatewayError('upstream_invalid_response', {
    message: "The provider's stream is out of order.",
    cause: new Error(`"${event.type}" came ${where}`),
  });
}
