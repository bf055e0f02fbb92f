import type { CachedAnswer } from '@sluice/contract';
import { z } from 'zod';

/** Goes up when the layout changes, so that entries of another release in a shared store are told apart. */
const VERSION = 1;
/** One byte of version, four of the head's length. */
const PREFIX_BYTES = 5;

const count = z.number();
const head = z.object({
  contentType: z.string(),
  provider: z.string(),
  model: z.string(),
  usage: z
    .object({
      inputTokens: count,
      outputTokens: count,
      cachedInputTokens: count.exactOptional(),
      cacheWriteTokens: count.exactOptional(),
      reasoningTokens: count.exactOptional(),
    })
    .exactOptional(),
});

/** An answer as one run of bytes: version, length of the head, head as JSON, body. */
export function writeEntry({ body, ...facts }: CachedAnswer): Uint8Array {
  const headBytes = Buffer.from(JSON.stringify(facts));
  // Not from the shared pool: a store may keep the entry for hours, and the whole pool with it.
  const entry = Buffer.allocUnsafeSlow(PREFIX_BYTES + headBytes.byteLength + body.byteLength);
  entry.writeUInt8(VERSION, 0);
  entry.writeUInt32BE(headBytes.byteLength, 1);
  entry.set(headBytes, PREFIX_BYTES);
  entry.set(body, PREFIX_BYTES + headBytes.byteLength);
  return entry;
}

/** The answer that {@link writeEntry} wrote; its body is a view on `bytes`. Throws on anything else. */
export function readEntry(bytes: Uint8Array): CachedAnswer {
  const entry = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.readUInt8(0) !== VERSION) throw new Error('The cache entry was written by another version.');
  const bodyAt = PREFIX_BYTES + entry.readUInt32BE(1);
  if (bodyAt > entry.byteLength) throw new Error('The cache entry is cut.');
  const facts = head.parse(JSON.parse(entry.toString('utf8', PREFIX_BYTES, bodyAt)));
  return { ...facts, body: entry.subarray(bodyAt) };
}
