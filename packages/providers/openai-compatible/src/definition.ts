import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { createHeaderWriter } from './headers.js';
import { createOpenAiProvider } from './provider.js';
import type { OpenAiProvider } from './provider.js';
import { ALL_MEDIA } from './media/operations.js';
import { COMPATIBLE } from './rules.js';
import { createRerankOperation } from './rerank.js';
import { openAiCompatibleSettings } from './settings.js';
import type { OpenAiCompatibleSettings } from './settings.js';

/** Any server that speaks OpenAI chat completions and embeddings, and perhaps Cohere's rerank beside them. */
export const openAiCompatible = {
  kind: 'openai-compatible',
  contractVersion: 1,
  settings: openAiCompatibleSettings,
  create(settings: OpenAiCompatibleSettings, deps: Pick<ProviderDeps, 'secret'>): OpenAiProvider {
    const { baseUrl, apiKey, headers } = settings;
    const provider = createOpenAiProvider({
      baseUrl: new URL(baseUrl),
      secretRef: apiKey,
      headers,
      deps,
      rules: { ...COMPATIBLE, media: ALL_MEDIA },
    });
    const rerank = createRerankOperation(createHeaderWriter(headers));
    return { ...provider, operations: { ...provider.operations, rerank } };
  },
} as const satisfies ProviderDefinition<OpenAiCompatibleSettings>;
