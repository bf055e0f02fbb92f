import type { IdempotencyClaim } from '@sluice/contract';

type Chunk = Uint8Array | string;
type Read = IteratorResult<Chunk, undefined>;

export interface KeptChunksParts {
  readonly chunks: AsyncIterable<Chunk, undefined>;
  readonly claim: IdempotencyClaim;
  /** Called with all of them, once they have come to their end. */
  keep(body: Uint8Array): Promise<void>;
}

/** Chunks as they pass, held on to until they are whole; of what is cut, or larger than the claim takes, nothing is kept. */
export class KeptChunks implements AsyncIterableIterator<Chunk, undefined> {
  readonly #parts: KeptChunksParts;
  readonly #reads: AsyncIterator<Chunk, undefined>;
  #held: Buffer[] | undefined = [];
  #bytes = 0;

  constructor(parts: KeptChunksParts) {
    this.#parts = parts;
    this.#reads = parts.chunks[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Read> {
    try {
      const read = await this.#reads.next();
      if (!read.done) this.#hold(read.value);
      else if (this.#held) await this.#parts.keep(Buffer.concat(this.#held));
      return read;
    } catch (cause) {
      this.#giveUp();
      throw cause;
    }
  }

  async return(): Promise<Read> {
    this.#giveUp();
    return (await this.#reads.return?.()) ?? { done: true, value: undefined };
  }

  #hold(chunk: Chunk): void {
    if (!this.#held) return;
    const bytes = Buffer.from(chunk);
    this.#bytes += bytes.length;
    if (this.#bytes > this.#parts.claim.maxBytes) this.#giveUp();
    else this.#held.push(bytes);
  }

  #giveUp(): void {
    this.#held = undefined;
    this.#parts.claim.release();
  }
}
