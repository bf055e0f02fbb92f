import { gatewayError } from '@sluice/contract';
import type { Provider, ProviderDefinition, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { chat } from './chat/operation.js';
import { classify } from './classify.js';
import { acmeSettings } from './settings.js';
import type { AcmeSettings } from './settings.js';

/** Adapter for the API of Acme. */
export const acme: ProviderDefinition<AcmeSettings> = {
  kind: 'acme',
  contractVersion: 1,
  settings: acmeSettings,
  create: (settings, deps): Provider => ({
    baseUrl: new URL(settings.baseUrl),
    operations: { chat },
    authorize: (request) => authorize(request, settings, deps),
    classify,
  }),
};

async function authorize(
  request: UpstreamRequest,
  { apiKey }: AcmeSettings,
  { secret }: ProviderDeps,
): Promise<UpstreamRequest> {
  if (!apiKey) return request;
  try {
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${await secret(apiKey)}` } };
  } catch (cause) {
    throw gatewayError('upstream_auth_error', { message: 'The key for the provider cannot be read.', cause });
  }
}
