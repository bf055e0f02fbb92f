const LF = 0x0a;
const CR = 0x0d;
const BLANK_LINE = Buffer.from('\n\n');

/** The beginning of a frame, joined once it is whole: a frame of many reads costs one copy, not one for each of them. */
export class HeldBytes {
  #pieces: Buffer[] = [];
  length = 0;

  /** True where no frame can end in what is held with `fresh` behind it, and nothing in it is strict. */
  growsWith(fresh: Buffer): boolean {
    const last = this.#pieces.at(-1);
    const joint = fresh[0] === LF && last?.at(-1) === LF;
    return !joint && fresh.indexOf(BLANK_LINE) < 0 && fresh.indexOf(CR) < 0;
  }

  add(bytes: Buffer): void {
    if (bytes.length > 0) this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  takeWith(fresh: Buffer): Buffer {
    if (this.length === 0) return fresh;
    const bytes = Buffer.concat([...this.#pieces, fresh]);
    this.#pieces = [];
    this.length = 0;
    return bytes;
  }
}
