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

/** Why SQLite failed, without paths or content; nothing for errors that are not SQLite's. */
export function failureReason(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  // The low byte is the primary code, the rest tells apart its variants.
  return REASONS[Number(error.errcode) & 0xff];
}

/** Runs one use of the database; whatever it throws becomes `storage_unavailable` with the original as cause. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = failureReason(cause);
    const message = reason ? `The database cannot be used: ${reason}.` : 'The database cannot be used.';
    throw gatewayError('storage_unavailable', { message, cause });
  }
}
