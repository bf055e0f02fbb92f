import { createHash } from 'node:crypto';

/** SHA-256 over all parts, each with its length before it: parts that differ in anything never give the same. */
export function fingerprintOf(parts: readonly (string | Uint8Array)[]): string {
  const digest = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    digest.update(`${bytes.byteLength}:`).update(bytes);
  }
  return digest.digest('base64url');
}
