import { gatewayError, isGatewayError } from '@sluice/contract';
import type { ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { readAccessToken, unusableCredentials } from '@sluice/toolkit';
import type { AccessToken, MintAccessToken } from '@sluice/toolkit';
import type { VertexSettings } from '../settings.js';
import { parseCredentials } from './credentials.js';
import type { Credentials } from './credentials.js';
import { writeAssertion } from './jwt.js';

/**
 * Asks for a token by the file of the settings, read anew each time, or else at the metadata server, which knows the
 * account of the machine. Rejects with `upstream_auth_error` where there is none to be had.
 */
export function createMint({ credentials }: VertexSettings, deps: ProviderDeps): MintAccessToken {
  return credentials ? (signal) => mintFromFile(credentials, deps, signal) : (signal) => mintFromMachine(deps, signal);
}

async function mintFromFile(
  ref: { readonly file: string },
  { clock, secret, send }: ProviderDeps,
  signal: AbortSignal,
): Promise<AccessToken> {
  const credentials = parseCredentials(await secret(ref));
  const token = readAccessToken(await send(toTokenRequest(credentials, clock.now()), signal));
  const project = credentials.type === 'authorized_user' ? credentials.quota_project_id : undefined;
  if (project === undefined) return token;
  // A user's calls count for the project that the user chose. https://docs.cloud.google.com/docs/quotas/quota-project
  return { ...token, headers: { ...token.headers, 'x-goog-user-project': project } };
}

/** https://developers.google.com/identity/protocols/oauth2/service-account and .../oauth2/web-server#offline */
function toTokenRequest(credentials: Credentials, nowMs: number): UpstreamRequest {
  return {
    method: 'POST',
    url: new URL(credentials.token_uri),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' },
    body: new URLSearchParams(toGrant(credentials, nowMs)).toString(),
  };
}

function toGrant(credentials: Credentials, nowMs: number): Record<string, string> {
  if (credentials.type === 'authorized_user') {
    const { client_id, client_secret, refresh_token } = credentials;
    return { grant_type: 'refresh_token', client_id, client_secret, refresh_token };
  }
  try {
    const assertion = writeAssertion(credentials, nowMs);
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  } catch (cause) {
    throw unusableCredentials(cause);
  }
}

/** https://docs.cloud.google.com/compute/docs/access/authenticate-workloads#applications */
const METADATA: UpstreamRequest = {
  method: 'GET',
  url: new URL('http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token'),
  headers: { 'metadata-flavor': 'Google', 'accept-encoding': 'identity' },
};

async function mintFromMachine({ send }: ProviderDeps, signal: AbortSignal): Promise<AccessToken> {
  try {
    return readAccessToken(await send(METADATA, signal));
  } catch (cause) {
    if (signal.aborted || !isGatewayError(cause, 'upstream_connection_error')) throw cause;
    const message = 'No credentials are set for the provider, and no metadata server answers.';
    throw gatewayError('upstream_auth_error', { message, cause });
  }
}
