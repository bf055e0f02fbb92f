import type { StreamAnswer } from '@sluice/core';

export interface ReadableEvents {
  /** Fires when the call is to end, whoever wants it. */
  readonly ending: AbortSignal;
  /** The caller's own, whose reason a broken-off body fails with. */
  readonly caller: AbortSignal;
  /** Once, when nothing is held any more. */
  leave(): void;
}

/**
 * A stream as the body of a web `Response`. The provider is read when the reader asks, and only then, but a call that is
 * to end does so even if nobody reads on. A body that its caller broke off fails, as that of the global `fetch` does.
 */
export function toReadable(chunks: StreamAnswer['chunks'], events: ReadableEvents): ReadableStream<Uint8Array> {
  const source = new StreamSource(chunks[Symbol.asyncIterator](), events);
  return new ReadableStream(source, { highWaterMark: 0 });
}

type Reader = ReadableStreamDefaultController<Uint8Array>;

const encoder = new TextEncoder();

/** Takes one turn after the other, whether the reader asks for it or the end of the call does. */
class StreamSource {
  readonly #chunks: AsyncIterator<Uint8Array | string, undefined>;
  readonly #events: ReadableEvents;
  #turn: Promise<void> = Promise.resolve();
  #over = false;

  constructor(chunks: AsyncIterator<Uint8Array | string, undefined>, events: ReadableEvents) {
    this.#chunks = chunks;
    this.#events = events;
  }

  start(reader: Reader): void {
    const { ending } = this.#events;
    if (ending.aborted) void this.#finish(reader);
    else ending.addEventListener('abort', () => void this.#finish(reader), { once: true });
  }

  pull(reader: Reader): Promise<void> {
    return (this.#turn = this.#turn.then(() => this.#step(reader)));
  }

  async cancel(): Promise<void> {
    if (this.#over) return;
    this.#end();
    await this.#chunks.return?.();
  }

  async #finish(reader: Reader): Promise<void> {
    while (!this.#over) await this.pull(reader);
  }

  async #step(reader: Reader): Promise<void> {
    if (this.#over) return;
    try {
      const { done, value } = await this.#chunks.next();
      // The reader may have cancelled in the meantime.
      if (this.#over) return;
      if (!done) return reader.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
      this.#end();
      const { caller } = this.#events;
      if (caller.aborted) reader.error(caller.reason);
      else reader.close();
    } catch (cause) {
      await this.#fail(reader, cause);
    }
  }

  /** The reader learns the first cause; a source that cannot even be closed has nothing to add to it. */
  async #fail(reader: Reader, cause: unknown): Promise<void> {
    this.#end();
    reader.error(cause);
    await this.#chunks.return?.().catch(() => undefined);
  }

  #end(): void {
    this.#over = true;
    this.#events.leave();
  }
}
