import type { KeptAnswer } from '@sluice/contract';
import { z } from 'zod';

/** What the store has under a key: who answers at the moment, or what was answered. */
export interface Entry {
  /** Of the request. */
  readonly fingerprint: string;
  /** Absent while the request runs. */
  readonly answer?: KeptAnswer;
}

const NEW_LINE = 0x0a;

const head = z.object({
  /** Goes up when the layout changes, so that entries of another release in a shared store are told apart. */
  version: z.literal(1),
  fingerprint: z.string(),
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** A claim, with something that no other claim has. */
export function writeClaim(fingerprint: string, token: string): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version: 1, fingerprint, token })}\n`);
}

/** One line of JSON, then the body as it is. */
export function writeAnswer(fingerprint: string, { status, headers, body }: KeptAnswer): Uint8Array {
  const line = Buffer.from(`${JSON.stringify({ version: 1, fingerprint, status, headers })}\n`);
  return Buffer.concat([line, typeof body === 'string' ? Buffer.from(body) : body]);
}

/** What either of them wrote; the body is a view on `bytes`. Throws on anything else. */
export function readEntry(bytes: Uint8Array): Entry {
  const entry = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = entry.indexOf(NEW_LINE);
  const { fingerprint, status, headers } = head.parse(JSON.parse(entry.toString('utf8', 0, Math.max(0, end))));
  if (status === undefined) return { fingerprint };
  return { fingerprint, answer: { status, headers, body: entry.subarray(end + 1) } };
}
