import { gatewayError } from '@sluice/contract';
import type { GatewayError, IncomingHeaders } from '@sluice/contract';

/** Where clients other than OpenAI's put their key: Anthropic, Azure, Google. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;

/** The scheme is case-insensitive and spaces may follow it (RFC 9110 §11.4). */
const BEARER = /^bearer(?:$| +)/i;

/**
 * The one credential that a request carries, not checked yet. Throws `missing_api_key` when there is none, and
 * `invalid_api_key` when two disagree or `Authorization` uses another scheme: whoever sent one is never anonymous.
 */
export function readCredential(headers: IncomingHeaders): string {
  let credential = readBearer(headers['authorization']);
  for (const name of KEY_HEADERS) {
    const value = readHeader(headers[name]);
    if (value === undefined) continue;
    if (credential !== undefined && credential !== value) throw contradiction();
    credential = value;
  }
  if (credential === undefined) throw missing();
  return credential;
}

function readBearer(header: string | readonly string[] | undefined): string | undefined {
  const value = readHeader(header);
  if (value === undefined) return undefined;
  const scheme = BEARER.exec(value)?.[0];
  if (scheme === undefined) throw unknownScheme();
  return value.slice(scheme.length) || undefined;
}

/** An empty header counts as absent; one that was sent twice has to say the same. */
function readHeader(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string') return header.trim() || undefined;
  const [first, ...others] = header;
  if (others.some((other) => other !== first)) throw contradiction();
  return first?.trim() || undefined;
}

function missing(): GatewayError {
  return gatewayError('missing_api_key', {
    message: 'No API key was sent. Send it as "Authorization: Bearer KEY" or as "x-api-key: KEY".',
  });
}

function contradiction(): GatewayError {
  return gatewayError('invalid_api_key', {
    message: 'The request carries credentials that disagree. Send one.',
  });
}

function unknownScheme(): GatewayError {
  return gatewayError('invalid_api_key', {
    message: 'The authorization scheme is not known here. Send "Authorization: Bearer KEY".',
  });
}
