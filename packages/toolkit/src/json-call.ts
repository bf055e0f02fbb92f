import { gatewayError } from '@sluice/contract';
import type { ProviderDeps, SecretRef, UpstreamRequest } from '@sluice/contract';

/** The headers that every JSON call of one account carries: the operator's own, in lower case, and what JSON needs. */
export function jsonHeaders(own: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const lowered = Object.entries(own).map(([name, value]) => [name.toLowerCase(), value] as const);
  // A compressed answer could not pass through as it comes.
  return { 'content-type': 'application/json', 'accept-encoding': 'identity', ...Object.fromEntries(lowered) };
}

/**
 * The request with the key that `apiKey` refers to as a bearer token; as it is where there is none. Rejects with
 * `upstream_auth_error` where the key cannot be read.
 */
export async function withBearerToken(
  request: UpstreamRequest,
  apiKey: SecretRef | undefined,
  { secret }: Pick<ProviderDeps, 'secret'>,
): Promise<UpstreamRequest> {
  if (!apiKey) return request;
  try {
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${await secret(apiKey)}` } };
  } catch (cause) {
    throw gatewayError('upstream_auth_error', { message: 'The key for the provider cannot be read.', cause });
  }
}
