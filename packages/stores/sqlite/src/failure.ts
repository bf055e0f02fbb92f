import { gatewayError } from '@sluice/contract';

/** SQLite's primary result codes that an operator can do something about. https://sqlite.org/rescode.html */
const REASONS: Readonly<Record<number, string>> = {
  5: 'it is locked by another process',
  6: 'it is locked by another process',
  8: 'it is read-only',
  10: 'the disk failed',
  11: 'it is damaged; restore a backup or move it away',
  13: 'the disk is full',
  14: 'the file cannot be opened',
  26: 'it is not an SQLite database; restore a backup or move it away',
};

/** Another process's transaction is over in a moment, mostly. */
const LOCKED_FOR_MS = 5;

/** Whether another connection holds a lock: nothing has happened, and soon it can. */
function isLocked(error: unknown): boolean {
  return [5, 6].includes(primaryCodeOf(error) ?? 0);
}

/** Why SQLite failed, without paths or content; nothing for errors that are not SQLite's. */
export function failureReason(error: unknown): string | undefined {
  return REASONS[primaryCodeOf(error) ?? 0];
}

/** The low byte; the rest tells apart its variants. */
function primaryCodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

/**
 * Runs one use of the database; whatever it throws becomes `storage_unavailable` with the original as cause, and with
 * `retryAfterMs` where another process holds a lock.
 */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = failureReason(cause);
    const message = reason ? `The database cannot be used: ${reason}.` : 'The database cannot be used.';
    const details = isLocked(cause) ? { retryAfterMs: LOCKED_FOR_MS } : {};
    throw gatewayError('storage_unavailable', { message, cause, details });
  }
}
