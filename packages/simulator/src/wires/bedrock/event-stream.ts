import { crc32 } from 'node:zlib';

/**
 * One message of AWS's binary event stream: lengths and their checksum, headers, payload, checksum of it all. Source:
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
function writeMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => writeHeader(name, value)));
  const body = Buffer.from(payload);
  const total = PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES;
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** The type of a header's value that is a text. */
const STRING = 7;

function writeHeader(name: string, value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([STRING]), length, bytes]);
}

/** An event of the service's own. */
export function writeEvent(type: string, payload: string): Buffer {
  return writeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);
}

/** An error inside the stream. */
export function writeException(type: string, payload: string): Buffer {
  return writeMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    payload,
  );
}
