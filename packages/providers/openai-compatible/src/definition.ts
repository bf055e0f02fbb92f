import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { createOpenAiProvider } from './provider.js';
import type { OpenAiProvider } from './provider.js';
import { openAiCompatibleSettings } from './settings.js';
import type { OpenAiCompatibleSettings } from './settings.js';

/** Any server that speaks OpenAI chat completions and embeddings. */
export const openAiCompatible = {
  kind: 'openai-compatible',
  contractVersion: 1,
  settings: openAiCompatibleSettings,
  create(settings: OpenAiCompatibleSettings, deps: Pick<ProviderDeps, 'secret'>): OpenAiProvider {
    const { baseUrl, apiKey, headers } = settings;
    return createOpenAiProvider({ baseUrl: new URL(baseUrl), secretRef: apiKey, headers, deps });
  },
} as const satisfies ProviderDefinition<OpenAiCompatibleSettings>;
