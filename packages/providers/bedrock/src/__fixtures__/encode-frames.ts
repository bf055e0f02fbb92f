import { EventStreamCodec } from '@smithy/eventstream-codec';

/** One message of a stream, as `*.frames.json` have it: an event, an exception or an error. */
export interface RecordedFrame {
  readonly event?: string;
  readonly exception?: string;
  readonly error?: string;
  readonly data?: unknown;
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** The bytes of such a stream, made by the SDK's own encoder. */
export function encodeFrames(frames: readonly RecordedFrame[]): Buffer {
  return Buffer.concat(frames.map(encodeFrame));
}

function encodeFrame({ event, exception, error, data }: RecordedFrame): Uint8Array {
  const body = data === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(data));
  if (event !== undefined) return encode({ ':event-type': event, ':message-type': 'event' }, body);
  if (exception !== undefined) return encode({ ':exception-type': exception, ':message-type': 'exception' }, body);
  const code = error ?? 'InternalFailure';
  return encode({ ':error-code': code, ':error-message': 'It failed.', ':message-type': 'error' }, body);
}

function encode(headers: Readonly<Record<string, string>>, body: Uint8Array): Uint8Array {
  const all = { ...headers, ':content-type': 'application/json' };
  const typed = Object.entries(all).map(([name, value]) => [name, { type: 'string', value }] as const);
  return codec.encode({ headers: Object.fromEntries(typed), body });
}
