export type Chunk = Uint8Array | string;
type Read = IteratorResult<Chunk, undefined>;

/** Looks on as chunks pass. */
export interface Onlooker {
  saw(chunk: Chunk): void;
  /** They have come to their end, and whoever reads them hears of it afterwards. What this throws, the reader gets. */
  ended(): void | Promise<void>;
  /** They broke off. */
  failed(): void;
  /** Whoever reads them has left, and they have been told so. */
  left(): void;
}

/** Chunks as they pass to whoever reads them. */
export class PassingChunks implements AsyncIterableIterator<Chunk, undefined> {
  readonly #reads: AsyncIterator<Chunk, undefined>;
  readonly #onlooker: Onlooker;

  constructor(chunks: AsyncIterable<Chunk, undefined>, onlooker: Onlooker) {
    this.#reads = chunks[Symbol.asyncIterator]();
    this.#onlooker = onlooker;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Read> {
    try {
      const read = await this.#reads.next();
      if (read.done) await this.#onlooker.ended();
      else this.#onlooker.saw(read.value);
      return read;
    } catch (cause) {
      this.#onlooker.failed();
      throw cause;
    }
  }

  async return(): Promise<Read> {
    try {
      return (await this.#reads.return?.()) ?? { done: true, value: undefined };
    } finally {
      this.#onlooker.left();
    }
  }
}
