import type { IdempotencyClaim } from '@sluice/contract';
import type { Chunk, Onlooker } from './passing-chunks.js';

export interface KeptChunksParts {
  readonly claim: IdempotencyClaim;
  /** Called with all of them, once they have come to their end. */
  keep(body: Uint8Array): Promise<void>;
}

/** Holds on to chunks until they are whole; of what is cut, or larger than the claim takes, nothing is kept. */
export class KeptChunks implements Onlooker {
  readonly #parts: KeptChunksParts;
  #held: Buffer[] | undefined = [];
  #bytes = 0;

  constructor(parts: KeptChunksParts) {
    this.#parts = parts;
  }

  saw(chunk: Chunk): void {
    if (!this.#held) return;
    const bytes = Buffer.from(chunk);
    this.#bytes += bytes.length;
    if (this.#bytes > this.#parts.claim.maxBytes) this.#giveUp();
    else this.#held.push(bytes);
  }

  async ended(): Promise<void> {
    if (this.#held) await this.#parts.keep(Buffer.concat(this.#held));
  }

  failed(): void {
    this.#giveUp();
  }

  left(): void {
    this.#giveUp();
  }

  #giveUp(): void {
    this.#held = undefined;
    this.#parts.claim.release();
  }
}
