import { isUtf8 } from 'node:buffer';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type { GatewayError, IncomingHeaders } from '@sluice/contract';
import { asBuffer, boundaryOf, parseCallBody, parseGuarded, readForm } from '@sluice/toolkit';
import type { ParsedCallBody } from '@sluice/toolkit';

export const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^multipart\/form-data\s*;.*boundary=/i;
const CHARSET = /charset\s*=\s*"?([^";\s]+)/i;

/** Refuses a body that is not announced as what the endpoint takes, before it is read. Throws a 415 of the table. */
export function assertBodyType(headers: IncomingHeaders, wanted: 'json' | 'multipart'): void {
  assertNotEncoded(headers);
  const type = headers['content-type'];
  if (wanted === 'multipart') return assertForm(type);
  if (type === 'application/json') return;
  if (typeof type !== 'string' || !JSON_TYPE.test(type)) {
    throw gatewayError('unsupported_media_type', { message: 'Send the body as application/json.' });
  }
  const charset = CHARSET.exec(type)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw gatewayError('unsupported_charset', { message: 'Send the body in UTF-8.' });
  }
}

/** Throws `unsupported_content_encoding` for a body that is compressed: it could not be read. */
export function assertNotEncoded(headers: IncomingHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw gatewayError('unsupported_content_encoding', { message: 'Send the body without a content encoding.' });
  }
}

function assertForm(type: IncomingHeaders[string]): void {
  if (typeof type === 'string' && FORM_TYPE.test(type)) return;
  throw gatewayError('unsupported_media_type', { message: 'Send the body as multipart/form-data.' });
}

/** The bytes of a call's body, a byte order mark taken off, and what they say. */
export interface CallBody extends ParsedCallBody {
  readonly body: Uint8Array;
}

function toCallBody(body: Buffer): CallBody {
  const { wire, whole, modelAt } = parseCallBody(body);
  const read = modelAt ? { body, wire, modelAt } : { body, wire };
  return whole ? { ...read, whole: () => explainedJson(whole) } : read;
}

/** The body with nothing of it unread. Throws `invalid_json` where what was not read is none. */
export function wholeBody(body: CallBody): CallBody {
  const { whole, ...read } = body;
  return whole ? { ...read, wire: whole() } : body;
}

/** The body of a call, its `model` found on the way. Throws `invalid_utf8`, `invalid_json` and what `parseGuarded` does. */
export function parseCall(body: Uint8Array): CallBody {
  return explained(body, toCallBody);
}

/**
 * A form as an object: a field's text under its name, a list where the name ends with `[]`, an `UploadedFile` for a
 * file. Throws `invalid_value` for a body that is no form, and `duplicate_key` for a field that came twice.
 */
export function parseForm(body: Uint8Array, headers: IncomingHeaders): CallBody {
  const wire: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const boundary = boundaryOf(String(headers['content-type']));
  if (boundary === undefined) throw gatewayError('invalid_value', { message: 'The form has no usable boundary.' });
  for (const [name, value] of readForm(asBuffer(body), boundary)) add(wire, name, value);
  return { wire, body };
}

function add(wire: Record<string, unknown>, name: string, value: unknown): void {
  const list = name.endsWith('[]');
  const key = list ? name.slice(0, -2) : name;
  const known = Object.hasOwn(wire, key) ? wire[key] : undefined;
  if (list && (known === undefined || Array.isArray(known))) wire[key] = [...((known ?? []) as unknown[]), value];
  else if (known === undefined) wire[key] = value;
  else throw twice(key);
}

function twice(param: string): GatewayError {
  return gatewayError('duplicate_key', { message: `"${param}" stands twice.`, details: { param } });
}

/** Any body as a JSON value. Throws as `parseCall` does. */
export function parseBody(body: Uint8Array): unknown {
  return explained(body, (bytes): unknown => parseGuarded(bytes.toString('utf8')));
}

function explained<T>(body: Uint8Array, parse: (bytes: Buffer) => T): T {
  if (!isUtf8(body)) throw gatewayError('invalid_utf8', { message: 'The body is not valid UTF-8.' });
  return explainedJson(() => parse(withoutMark(asBuffer(body))));
}

function explainedJson<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (isGatewayError(cause)) throw cause;
    throw gatewayError('invalid_json', { message: 'The body is not one JSON document.', cause });
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
