import { gatewayError } from '@sluice/contract';

/**
 * The events of one response as they are written, for whoever follows: from the beginning, or on from where a connection
 * broke. Of a very long one, the oldest go when `maxChars` is reached; a follower that is not through with them is cut off.
 */
export class EventLog {
  readonly #maxChars: number;
  #frames: string[] = [];
  #chars = 0;
  /** The number of the first that is still here. */
  #first = 0;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** The number that the next event gets. */
  get next(): number {
    return this.#first + this.#frames.length;
  }

  add(frame: string): void {
    this.#frames.push(frame);
    this.#chars += frame.length;
    while (this.#chars > this.#maxChars && this.#frames.length > 1) {
      this.#chars -= this.#frames.shift()?.length ?? 0;
      this.#first += 1;
    }
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Whether everything behind event `after` is still here. */
  has(after: number): boolean {
    return after + 1 >= this.#first;
  }

  /** The events behind number `after`, and those to come. */
  async *follow(after: number): AsyncGenerator<string, undefined> {
    let at = after + 1;
    for (;;) {
      if (at < this.#first)
        throw gatewayError('client_closed_request', { message: 'The reader was too slow for the events.' });
      for (; at < this.next; at += 1) {
        if (at < this.#first) break;
        yield this.#frames[at - this.#first] as string;
      }
      if (at >= this.next && this.#ended) return undefined;
      if (at >= this.next) await this.#changed.promise;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
