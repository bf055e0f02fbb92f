import { crc32, deflateSync } from 'node:zlib';
import { hashText } from '../random.js';

/** A picture of one colour, which is the text's: a whole PNG of this size. Format: https://www.w3.org/TR/png-3/ */
export function paint(text: string, width: number, height: number): Buffer {
  const hash = hashText(text);
  const colour = Buffer.from([hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit for each pixel, an index into a palette of one colour.
  header.set([1, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', colour),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
