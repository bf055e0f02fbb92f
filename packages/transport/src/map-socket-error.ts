import { gatewayError, isGatewayError } from '@sluice/contract';
import type { ErrorCode, GatewayError } from '@sluice/contract';

/** How far the exchange had come: the same reset means another thing before the head than after it. */
export type Phase = 'head' | 'body';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const BROKEN_HTTP = new Set([
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RESPONSE',
]);
/** A `100` or a `101` that nobody asked for: undici tells it from a reset by these words alone. */
const UNASKED = new Set(['bad response', 'bad upgrade']);
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** This process may open no further file; says nothing about the provider. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOBUFS']);

const MESSAGES = {
  upstream_timeout: 'The provider did not accept the connection in time.',
  upstream_invalid_response: 'The provider broke the rules of HTTP.',
  upstream_truncated: "The provider's answer was cut.",
  upstream_connection_error: 'The provider could not be reached.',
  overloaded: 'The gateway has no sockets left.',
} satisfies Partial<Record<ErrorCode, string>>;

/** Any socket, TLS, DNS or HTTP parser error as an error of the table. What it cannot tell is a connection error. */
export function mapSocketError(cause: unknown, phase: Phase): GatewayError {
  if (isGatewayError(cause)) return cause;
  const code = classify(cause, phase);
  return gatewayError(code, { message: MESSAGES[code], cause });
}

function classify(cause: unknown, phase: Phase): keyof typeof MESSAGES {
  const code = codeOf(cause);
  if (EXHAUSTED.has(code)) return 'overloaded';
  if (TIMEOUTS.has(code)) return 'upstream_timeout';
  if (BROKEN_HTTP.has(code) || code.startsWith('HPE_') || isBrokenUnnamed(cause)) return 'upstream_invalid_response';
  return phase === 'body' && (RESETS.has(code) || code === '') ? 'upstream_truncated' : 'upstream_connection_error';
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The parser's errors carry an HPE_ code, or none: then only their name tells. */
function isBrokenUnnamed(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'HTTPParserError' || UNASKED.has(cause.message));
}
