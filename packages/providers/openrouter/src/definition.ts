import { createRerankOperation, defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { RULES } from './rules.js';

export type OpenRouterSettings = VendorSettings<'openrouter'>;

/** The OpenRouter API. */
export const openrouter = defineVendor({
  kind: 'openrouter',
  about: 'An account at OpenRouter.',
  baseUrl: 'https://openrouter.ai/api/v1',
  rules: RULES,
  operations: ({ headers }) => ({ rerank: createRerankOperation(headers) }),
});
