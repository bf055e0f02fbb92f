import type { ServerResponse } from 'node:http';

/** Up to this size a copy is cheaper than writing a piece apart from what frames it. */
const ONE_PIECE_BYTES = 16_384;
const HEX = 16;
const CR = 0x0d;
const LF = 0x0a;
const LINE_END = '\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/**
 * The body of an answer whose length nobody knows yet, in the chunked coding of RFC 9112 section 7.1. Node would hand each
 * chunk to the kernel in four pieces; framed here it is one, which is most of what a streamed token costs. What comes in
 * one turn of the event loop leaves at its end, together with what other streams have: most of what the kernel does for
 * a small write is to wake its reader, and between two writes that follow each other the reader stays awake. A response
 * that Node does not chunk, as to HTTP/1.0, is written as it is. Takes a response whose head is written.
 */
export class StreamBody {
  readonly #res: ServerResponse;
  readonly #chunked: boolean;
  readonly #release = (): void => this.#uncork();
  #isHeld = false;

  constructor(res: ServerResponse) {
    this.#res = res;
    this.#chunked = res.chunkedEncoding;
    // From here on Node takes what it is given for the body's bytes.
    res.chunkedEncoding = false;
  }

  /** False when the socket wants no more for now, as `res.write` says it. */
  write(piece: Uint8Array | string): boolean {
    if (!this.#chunked) return this.#res.write(piece);
    if (typeof piece === 'string') return this.#writeText(piece);
    if (piece.length === 0) return true;
    return piece.length > ONE_PIECE_BYTES ? this.#writeLarge(piece) : this.#writeWithOthers(framed(piece));
  }

  end(): void {
    if (this.#chunked) this.#res.end(LAST_CHUNK, 'latin1');
    else this.#res.end();
  }

  #writeWithOthers(chunk: Buffer | string): boolean {
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.#res.cork();
      setImmediate(this.#release);
    }
    return this.#res.write(chunk);
  }

  /** After the end it does nothing: the answer has let its connection go, or nothing of it is held any more. */
  #uncork(): void {
    this.#isHeld = false;
    this.#res.uncork();
  }

  #writeText(text: string): boolean {
    const bytes = Buffer.byteLength(text);
    return bytes === 0 || this.#writeWithOthers(`${bytes.toString(HEX)}${LINE_END}${text}${LINE_END}`);
  }

  #writeLarge(piece: Uint8Array): boolean {
    this.#res.write(`${piece.length.toString(HEX)}${LINE_END}`, 'latin1');
    this.#res.write(piece);
    return this.#res.write(LINE_END, 'latin1');
  }
}

function framed(piece: Uint8Array): Buffer {
  const length = piece.length;
  const digits = length < 0x10 ? 1 : length < 0x100 ? 2 : length < 0x1000 ? 3 : 4;
  const chunk = Buffer.allocUnsafe(digits + length + 4);
  for (let at = digits - 1, rest = length; at >= 0; at -= 1, rest >>= 4) chunk[at] = hexDigit(rest & 0xf);
  chunk[digits] = CR;
  chunk[digits + 1] = LF;
  chunk.set(piece, digits + 2);
  chunk[digits + 2 + length] = CR;
  chunk[digits + 3 + length] = LF;
  return chunk;
}

/** The ASCII code of a hexadecimal digit. */
function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
