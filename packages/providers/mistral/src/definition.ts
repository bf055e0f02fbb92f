import { defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { createMedia } from './media/operations.js';
import { RULES } from './rules.js';

export type MistralSettings = VendorSettings<'mistral'>;

/** The Mistral API. */
export const mistral = defineVendor({
  kind: 'mistral',
  about: 'An account at Mistral AI.',
  baseUrl: 'https://api.mistral.ai/v1',
  rules: RULES,
  operations: createMedia,
});
