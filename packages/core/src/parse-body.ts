import { isUtf8 } from 'node:buffer';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type { IncomingHeaders } from '@sluice/contract';
import { parseCallBody } from '@sluice/toolkit';
import type { ParsedCallBody } from '@sluice/toolkit';

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /charset\s*=\s*"?([^";\s]+)/i;

/** Refuses a body that is not announced as plain JSON in UTF-8, before it is read. Throws a 415 of the table. */
export function assertJsonBody(headers: IncomingHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw gatewayError('unsupported_content_encoding', { message: 'Send the body without a content encoding.' });
  }
  const type = headers['content-type'];
  if (type === 'application/json') return;
  if (typeof type !== 'string' || !JSON_TYPE.test(type)) {
    throw gatewayError('unsupported_media_type', { message: 'Send the body as application/json.' });
  }
  const charset = CHARSET.exec(type)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw gatewayError('unsupported_charset', { message: 'Send the body in UTF-8.' });
  }
}

/** The bytes of a call's body, a byte order mark taken off, and what they say. */
export interface CallBody extends ParsedCallBody {
  readonly body: Uint8Array;
}

/** The body of a call, its `model` found on the way. Throws `invalid_utf8`, `invalid_json` or `duplicate_key`. */
export function parseCall(body: Uint8Array): CallBody {
  return explained(body, (bytes) => ({ body: bytes, ...parseCallBody(bytes) }));
}

/** Any body as a JSON value. Throws `invalid_utf8` or `invalid_json`. */
export function parseBody(body: Uint8Array): unknown {
  return explained(body, (bytes): unknown => JSON.parse(bytes.toString('utf8')));
}

function explained<T>(body: Uint8Array, parse: (bytes: Buffer) => T): T {
  if (!isUtf8(body)) throw gatewayError('invalid_utf8', { message: 'The body is not valid UTF-8.' });
  try {
    return parse(withoutMark(Buffer.from(body.buffer, body.byteOffset, body.byteLength)));
  } catch (cause) {
    if (isGatewayError(cause)) throw cause;
    throw gatewayError('invalid_json', { message: 'The body is not one JSON document.', cause });
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
