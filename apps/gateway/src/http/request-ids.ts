import type { Clock, IncomingHeaders } from '@sluice/contract';
import type { RandomHex } from '@sluice/telemetry';

const TIME_CHARS = 9;
const RANDOM_BYTES = 8;
/** Of a time that still has that many. */
const LAST_MS = 36 ** TIME_CHARS - 1;
const VALID = /^[A-Za-z0-9._-]{1,64}$/;

/** Ids that sort by time, so that the ledger appends at its end: `req_`, the time in base 36, random digits. */
export function createRequestIds(clock: Clock, random: RandomHex): () => string {
  let lastMs = Number.NaN;
  let prefix = '';
  return () => {
    const nowMs = clock.now();
    if (nowMs !== lastMs) {
      lastMs = nowMs;
      prefix = firstIdAt(nowMs);
    }
    return prefix + random(RANDOM_BYTES);
  };
}

/** What sorts before every id made at that time or later, and after every earlier one. */
export function firstIdAt(ms: number): string {
  return `req_${Math.min(ms, LAST_MS).toString(36).padStart(TIME_CHARS, '0')}`;
}

/** The caller's own id, where it is one that may stand in logs and headers. */
export function clientRequestId(headers: IncomingHeaders): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && VALID.test(id) ? id : undefined;
}
