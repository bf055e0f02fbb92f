import { connect } from 'node:net';
import type { Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const NOTHING: Buffer = Buffer.alloc(0);

/** When an answer came, on the clock of `performance.now`. */
export interface Timing {
  readonly sentMs: number;
  /** Its first byte after the head. */
  readonly firstByteMs: number;
  readonly endMs: number;
}

/**
 * A keep-alive connection that sends ready-made bytes and looks at no more of an answer than where it ends. One request
 * at a time. An answer other than 200, or a connection that breaks, rejects with what came.
 */
export class Connection {
  readonly #socket: Socket;
  #resolve: ((timing: Timing) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  #sentMs = 0;
  #firstByteMs = 0;
  #head = NOTHING;
  /** Bytes of the body still to come; -1 while the head is, Infinity for a chunked body. */
  #missing = -1;
  #tail = NOTHING;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the connection was closed'));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  send(request: Buffer): Promise<Timing> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#firstByteMs = 0;
      this.#sentMs = performance.now();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    const body = this.#missing === -1 ? this.#readHead(bytes) : bytes;
    if (body.length === 0) return;
    if (this.#firstByteMs === 0) this.#firstByteMs = performance.now();
    if (this.#missing === Infinity) {
      this.#tail = body.length >= LAST_CHUNK.length ? body : Buffer.concat([this.#tail, body]);
      if (this.#tail.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) this.#end();
    } else {
      this.#missing -= body.length;
      if (this.#missing <= 0) this.#end();
    }
  }

  /** What of the body came with the head. */
  #readHead(bytes: Buffer): Buffer {
    const read = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = read.indexOf(HEAD_END);
    if (end === -1) {
      this.#head = read;
      return NOTHING;
    }
    const head = read.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200 ')) this.#fail(read.toString('utf8', 0, 1_000));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#missing = length === undefined ? Infinity : Number(length);
    this.#head = NOTHING;
    return read.subarray(end + HEAD_END.length);
  }

  #end(): void {
    const timing = { sentMs: this.#sentMs, firstByteMs: this.#firstByteMs, endMs: performance.now() };
    const resolve = this.#resolve;
    this.#missing = -1;
    this.#tail = NOTHING;
    this.#resolve = undefined;
    this.#reject = undefined;
    resolve?.(timing);
  }

  #fail(reason: string): void {
    const reject = this.#reject;
    this.#resolve = undefined;
    this.#reject = undefined;
    reject?.(new Error(reason));
  }
}
