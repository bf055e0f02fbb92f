import { gatewayError } from '@sluice/contract';
import type { Frame, FrameReader, GatewayError } from '@sluice/contract';
import { MAX_FRAME_CHARS, decodeText } from '@sluice/toolkit';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { crc32 } from 'node:zlib';

/** Two lengths and their checksum: what every message begins with. */
const PRELUDE_BYTES = 12;
/** A message has a prelude and a checksum at its end, whatever else. */
const LEAST_BYTES = 16;
const LENGTHS_BYTES = 8;

const codec = new EventStreamCodec(decodeText, (text) => Buffer.from(text));
const NONE: readonly Frame[] = [];

/** The frames of `application/vnd.amazon.eventstream`. https://smithy.io/2.0/aws/amazon-eventstream.html */
export function createEventStreamReader(): FrameReader {
  return new EventStreamReader();
}

/**
 * An event becomes a frame named by its `:event-type`, an exception one named by its `:exception-type`, an error one
 * named `error`; a name that ends in `Exception`, and `error`, are never an event's. Bytes that are no message are
 * reported after the frames before them.
 */
class EventStreamReader implements FrameReader {
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** How many bytes there must be before anything more can be said. */
  #wanted = PRELUDE_BYTES;
  #fault: GatewayError | undefined;

  push(read: Uint8Array): readonly Frame[] {
    if (this.#fault) throw this.#fault;
    this.#pieces.push(read);
    this.#held += read.length;
    if (this.#held < this.#wanted) return NONE;
    const frames: Frame[] = [];
    try {
      this.#take(frames);
    } catch (cause) {
      this.#fault = unusable('The provider sent bytes that are no event.', cause);
      if (frames.length === 0) throw this.#fault;
    }
    return frames;
  }

  end(): readonly Frame[] {
    if (this.#fault) throw this.#fault;
    if (this.#held === 0) return NONE;
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended inside of an event." });
  }

  #take(frames: Frame[]): void {
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : Buffer.concat(this.#pieces, this.#held);
    let at = 0;
    this.#wanted = PRELUDE_BYTES;
    while (bytes.length - at >= PRELUDE_BYTES) {
      const length = readLength(bytes.subarray(at, at + PRELUDE_BYTES));
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      frames.push(toFrame(bytes.subarray(at, at + length)));
      at += length;
    }
    const rest = bytes.subarray(at);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
  }
}

/** The length of the message that begins here. Checked first, so that nothing waits for a length that was never sent. */
function readLength(prelude: Uint8Array): number {
  const view = new DataView(prelude.buffer, prelude.byteOffset, PRELUDE_BYTES);
  const length = view.getUint32(0);
  if (crc32(prelude.subarray(0, LENGTHS_BYTES)) !== view.getUint32(LENGTHS_BYTES)) throw new Error('prelude checksum');
  if (length < LEAST_BYTES || length > MAX_FRAME_CHARS) throw new Error(`a message of ${length} bytes`);
  return length;
}

function toFrame(message: Uint8Array): Frame {
  const { headers, body } = codec.decode(message);
  const text = (name: string): string | undefined => {
    const value = headers[name]?.value;
    return typeof value === 'string' ? value : undefined;
  };
  switch (text(':message-type') ?? '') {
    case 'event':
      return { event: text(':event-type'), data: decodeText(body) };
    case 'exception':
      return { event: toExceptionName(text(':exception-type') ?? ''), data: decodeText(body) };
    case 'error': {
      const error = { code: text(':error-code'), message: text(':error-message') };
      return { event: 'error', data: JSON.stringify(error) };
    }
    default:
      throw new Error('a message of no known type');
  }
}

function toExceptionName(type: string): string {
  return type.endsWith('Exception') ? type : `${type}Exception`;
}

function unusable(message: string, cause: unknown): GatewayError {
  return gatewayError('upstream_invalid_response', { message, cause });
}
