import type { ClaimArgs } from './fields.js';

const DAY_MS = 86_400_000;
/** Parts of a window, and of those that are kept: what is older is in no window any more. */
const PARTS = 60;

/**
 * Under which ids the sums stand of what was used without the server: by what is counted, and by the part of its window in
 * which it was, for a sum may count in no window in which a part of it would not. So an outage fills no more than the
 * counts take, however many requests end in it.
 */
export class EndedParts {
  readonly #ids = new Map<string, Map<number, string>>();
  readonly #serverMs: (monotonicMs: number) => number;

  constructor(serverMs: (monotonicMs: number) => number) {
    this.#serverMs = serverMs;
  }

  find(claim: ClaimArgs, madeAtMs: number): string | undefined {
    return this.#ids.get(claim[0])?.get(this.#partOf(claim, madeAtMs));
  }

  /** Those that are over by now. */
  put(claim: ClaimArgs, madeAtMs: number, id: string): readonly string[] {
    const parts = this.#ids.get(claim[0]) ?? new Map<number, string>();
    const part = this.#partOf(claim, madeAtMs);
    this.#ids.set(claim[0], parts.set(part, id));
    const over = [...parts].filter(([each]) => each < part - PARTS);
    for (const [each] of over) parts.delete(each);
    return over.map(([, each]) => each);
  }

  clear(): void {
    this.#ids.clear();
  }

  #partOf([, kind, , , windowMs]: ClaimArgs, madeAtMs: number): number {
    if (kind === 'e') return 0;
    const partMs = kind === 'd' || kind === 'm' ? DAY_MS : windowMs / PARTS;
    return Math.floor(this.#serverMs(madeAtMs) / partMs);
  }
}
