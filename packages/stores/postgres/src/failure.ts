import { gatewayError, isGatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';

/** PostgreSQL's classes and codes, and Node's, that an operator can do something about. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const REASONS: Readonly<Record<string, string>> = {
  '08': 'the connection failed',
  '25': 'it is read-only',
  '28': 'it refuses the user or the password',
  '3D': 'there is no such database',
  '42': 'the user may not do that, or its schema is not ours',
  '53': 'it has no room left',
  '57': 'it is starting, stopping, or too slow',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection failed',
  ENOTFOUND: 'there is no such host',
  ETIMEDOUT: 'it does not answer',
};
const SQL_STATE_CLASS = 2;
/** The words of `pg` for what has no code. */
const SILENT = /timeout/i;

/** Takes a password out of a text. */
export function createScrub(password: string): (text: string) => string {
  return (text) => (password === '' ? text : text.replaceAll(password, '[password]'));
}

/**
 * `storage_unavailable` with a message that is safe to show. The cause keeps the server's words and code alone: errors of
 * the driver carry rows, and their connection.
 */
export function toStorageError(error: unknown, scrub: (text: string) => string): GatewayError {
  if (isGatewayError(error)) return error;
  const reason = reasonOf(error);
  const message = reason ? `PostgreSQL cannot be used: ${reason}.` : 'PostgreSQL cannot be used.';
  const words = error instanceof Error ? error.message : String(error);
  const cause = Object.assign(new Error(scrub(words)), { code: codeOf(error) });
  return gatewayError('storage_unavailable', { message, cause });
}

/** The code of PostgreSQL, or of the operating system. */
function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function reasonOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code !== undefined) return REASONS[code] ?? REASONS[code.slice(0, SQL_STATE_CLASS)];
  return error instanceof Error && SILENT.test(error.message) ? 'it does not answer' : undefined;
}

/** Whether PostgreSQL refuses what it was given, and will each time: data exceptions and broken constraints. */
export function isRefusedByPostgres(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error.cause) : undefined;
  return code !== undefined && /^2[23]/.test(code);
}
