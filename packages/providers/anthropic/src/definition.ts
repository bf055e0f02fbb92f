import { gatewayError } from '@sluice/contract';
import type { Provider, ProviderDefinition, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createCountTokens } from './count-tokens.js';
import { toBaseHeaders } from './headers.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { anthropicSettings } from './settings.js';
import type { AnthropicSettings } from './settings.js';

/** Adapter for the Anthropic messages API. */
export const anthropic: ProviderDefinition<AnthropicSettings> = {
  kind: 'anthropic',
  contractVersion: 1,
  settings: anthropicSettings,
  create: createProvider,
};

function createProvider(settings: AnthropicSettings, deps: ProviderDeps): Provider {
  const baseUrl = new URL(settings.baseUrl);
  const headers = toBaseHeaders(settings);
  const account = { headers, version: settings.version };
  return {
    baseUrl,
    operations: { chat: createChat(account), countTokens: createCountTokens(account) },
    models: createModelListing(baseUrl, headers),
    raw: createRawApi(headers),
    authorize: (request) => authorize(request, settings, deps),
    classify,
  };
}

async function authorize(
  request: UpstreamRequest,
  { apiKey }: AnthropicSettings,
  { secret }: ProviderDeps,
): Promise<UpstreamRequest> {
  if (!apiKey) return request;
  try {
    return { ...request, headers: { ...request.headers, 'x-api-key': await secret(apiKey) } };
  } catch (cause) {
    throw gatewayError('upstream_auth_error', { message: 'The key for the provider cannot be read.', cause });
  }
}
