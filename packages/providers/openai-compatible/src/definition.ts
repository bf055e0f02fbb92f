import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { createHeaderWriter } from './headers.js';
import { ALL_MEDIA } from './media/operations.js';
import { PRESETS } from './presets/presets.js';
import { createServerProvider } from './provider.js';
import type { ServerProvider } from './provider.js';
import { createRerankOperation } from './rerank.js';
import { COMPATIBLE } from './rules.js';
import type { ServerRules } from './rules.js';
import { openAiCompatibleSettings } from './settings.js';
import type { OpenAiCompatibleSettings } from './settings.js';

/** A server of which nothing is said may have every operation. */
const UNKNOWN: ServerRules = { ...COMPATIBLE, media: ALL_MEDIA };

/** Any server that speaks OpenAI chat completions and embeddings, and perhaps Cohere's rerank beside them. */
export const openAiCompatible = {
  kind: 'openai-compatible',
  contractVersion: 1,
  settings: openAiCompatibleSettings,
  create(settings: OpenAiCompatibleSettings, deps: Pick<ProviderDeps, 'secret'>): ServerProvider {
    const { preset, apiKey, headers } = settings;
    const known = preset && PRESETS[preset];
    const baseUrl = new URL(settings.baseUrl ?? known?.baseUrl ?? '');
    const rules = known?.rules ?? UNKNOWN;
    const provider = createServerProvider({ baseUrl, secretRef: apiKey, headers, deps, rules });
    const rerank = createRerankOperation(createHeaderWriter(headers), rules.rankings);
    return { ...provider, operations: { ...provider.operations, rerank } };
  },
} as const satisfies ProviderDefinition<OpenAiCompatibleSettings>;
