import type { IncomingMessage } from 'node:http';
import { gatewayError, toGatewayError } from '@sluice/contract';
import { REQUEST_TIMEOUT } from './client-errors.js';
import { bodyTooLarge } from './refusals.js';

const NOTHING = new Uint8Array(0);
/** A body below this mostly arrives with its head, and fits into the stream's buffer. */
const SMALL_BYTES = 16_384;

/** Throws where there is no room for a body of so many bytes. Asked of those that come in several reads. */
export type AssertRoom = (bytes: number) => void;

/**
 * The body, at most `limit` bytes of it. Rejects with `request_too_large`, for an announced length before a byte is
 * read, with `request_timeout` where the server has had enough of waiting, and with `client_closed_request` when the
 * caller leaves midway.
 */
export function readBody(req: IncomingMessage, limit: number, assertRoom?: AssertRoom): Promise<Uint8Array> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.reject(bodyTooLarge(limit));
  if (req.complete && !req.destroyed) return readWhole(req, limit);
  if (announced === 0 || announced >= SMALL_BYTES) return collect(req, limit, assertRoom);
  return new Promise((resolve) => void setImmediate(() => resolve(readSoon(req, limit, assertRoom))));
}

/** Once the event loop has read what came with the head, which Node hands over before the rest. */
function readSoon(req: IncomingMessage, limit: number, assertRoom?: AssertRoom): Promise<Uint8Array> {
  if (req.destroyed) return Promise.reject(gatewayError('client_closed_request'));
  return req.complete ? readWhole(req, limit) : collect(req, limit, assertRoom);
}

/** A body that is there already: listening to the stream would cost more than the rest of the call. */
function readWhole(req: IncomingMessage, limit: number): Promise<Uint8Array> {
  if (req.readableLength > limit) return Promise.reject(bodyTooLarge(limit));
  return Promise.resolve((req.read() as Buffer | null) ?? NOTHING);
}

function collect(req: IncomingMessage, limit: number, assertRoom: AssertRoom = () => undefined): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        req.pause();
        reject(bodyTooLarge(limit));
      }
    });
    const { socket } = req;
    const onTimeout = (): void => reject(gatewayError('request_timeout'));
    socket.once(REQUEST_TIMEOUT, onTimeout);
    req.on('end', () => {
      socket.off(REQUEST_TIMEOUT, onTimeout);
      try {
        assertRoom(length);
        resolve(join(chunks, length));
      } catch (cause) {
        reject(toGatewayError(cause));
      }
    });
    req.on('error', (cause) => reject(gatewayError('client_closed_request', { cause })));
  });
}

/**
 * The pieces as one. Their memory is given back at once: outside of the heap, it would wait for the collector, which V8
 * has look through everything that lives as soon as 64 MiB wait.
 */
function join(pieces: readonly Buffer[], length: number): Buffer {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const whole = Buffer.concat(pieces, length);
  for (const { buffer, byteLength } of pieces) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
  return whole;
}
