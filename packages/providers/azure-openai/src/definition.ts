import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { createServerProvider } from '@sluice/provider-openai-compatible/internal';
import type { ServerProvider } from '@sluice/provider-openai-compatible/internal';
import { createAddresses, toBaseUrl } from './addresses.js';
import { rulesFor } from './rules.js';
import { azureOpenAiSettings } from './settings.js';
import type { AzureOpenAiSettings } from './settings.js';

/** Azure OpenAI: the API of OpenAI at an address of the operator's own. */
export const azureOpenAi = {
  kind: 'azure-openai',
  contractVersion: 1,
  settings: azureOpenAiSettings,
  create(settings: AzureOpenAiSettings, deps: Pick<ProviderDeps, 'secret'>): ServerProvider {
    const { apiVersion, deployments, apiKey, headers } = settings;
    return createServerProvider({
      baseUrl: toBaseUrl(settings.baseUrl),
      secretRef: apiKey,
      keyHeader: 'api-key',
      headers,
      deps,
      rules: rulesFor(apiVersion),
      addresses: createAddresses({ apiVersion, deployments }),
    });
  },
} as const satisfies ProviderDefinition<AzureOpenAiSettings>;
