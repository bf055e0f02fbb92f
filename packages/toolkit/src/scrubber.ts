/** So many characters in a row of a secret are never shown. */
const PIECE = 12;
const MARK = '[redacted]';
const BASE = 31;
const LEAVING = Array.from({ length: PIECE }).reduce<number>((power) => Math.imul(power, BASE), 1);
const FILTER_BITS = 65_536;

/** Takes secrets out of texts by what they are, and not by how they look or where they stand. */
export interface Scrubber {
  /** From now on no twelve characters in a row of this secret pass, as it is, in base64, in hex or percent-encoded. */
  learn(secret: string): void;
  /** The text with `[redacted]` in place of every such piece; the same text where there is none. */
  scrub(text: string): string;
}

/** Keeps at most `most` secrets: of more, it forgets those that it learned first. */
export function createScrubber(most: number): Scrubber {
  const pieces = new Pieces();
  const known = new Map<string, readonly string[]>();
  return {
    learn(secret) {
      if (known.has(secret) || secret.length < PIECE) return;
      const forms = formsOf(secret);
      known.set(secret, forms);
      for (const form of forms) pieces.add(form);
      const [oldest] = known;
      if (known.size <= most || !oldest) return;
      for (const form of oldest[1]) pieces.remove(form);
      known.delete(oldest[0]);
    },
    scrub: (text) => pieces.cutFrom(text),
  };
}

/** A secret as others may have written it; its base64 depends on how many bytes go before it. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const shifted = [0, 1, 2].flatMap((before) => {
    const behind = Buffer.concat([Buffer.alloc(before), bytes]);
    const whole = behind.subarray(0, behind.length - (behind.length % 3));
    const cut = before === 0 ? 0 : before + 1;
    return [whole.toString('base64').slice(cut), whole.toString('base64url').slice(cut)];
  });
  const forms = [
    secret,
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...shifted,
  ];
  return [...new Set(forms)].filter((form) => form.length >= PIECE);
}

/** All pieces of many texts. A rolling hash finds the places that are worth a look, so that a long text costs little. */
class Pieces {
  readonly #counts = new Map<string, number>();
  /** How many pieces have each value of the hash. */
  readonly #filter = new Uint16Array(FILTER_BITS);

  add(text: string): void {
    this.#each(text, (piece, slot) => {
      const before = this.#counts.get(piece) ?? 0;
      this.#counts.set(piece, before + 1);
      if (before === 0) this.#filter[slot] = (this.#filter[slot] ?? 0) + 1;
    });
  }

  remove(text: string): void {
    this.#each(text, (piece, slot) => {
      const left = (this.#counts.get(piece) ?? 0) - 1;
      if (left > 0) return void this.#counts.set(piece, left);
      this.#counts.delete(piece);
      this.#filter[slot] = (this.#filter[slot] ?? 1) - 1;
    });
  }

  cutFrom(text: string): string {
    if (this.#counts.size === 0) return text;
    let clean = '';
    let kept = 0;
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      hash = roll(hash, text, end);
      if (end < PIECE - 1 || this.#filter[slotOf(hash)] === 0) continue;
      const start = end - PIECE + 1;
      if (!this.#counts.has(text.slice(start, end + 1))) continue;
      // A piece that overlaps the one before is under the same mark.
      if (start >= kept) clean += text.slice(kept, start) + MARK;
      kept = end + 1;
    }
    return kept === 0 ? text : clean + text.slice(kept);
  }

  #each(text: string, take: (piece: string, slot: number) => void): void {
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      hash = roll(hash, text, end);
      if (end >= PIECE - 1) take(text.slice(end - PIECE + 1, end + 1), slotOf(hash));
    }
  }
}

/** The hash of the piece that ends at `end`, of the one that ended before it. */
function roll(hash: number, text: string, end: number): number {
  const entered = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
  return end < PIECE ? entered : (entered - Math.imul(LEAVING, text.charCodeAt(end - PIECE))) | 0;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 16)) & (FILTER_BITS - 1);
}
