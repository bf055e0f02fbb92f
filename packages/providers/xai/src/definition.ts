import { defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { RULES } from './rules.js';

export type XaiSettings = VendorSettings<'xai'>;

/** The xAI API. */
export const xai = defineVendor({
  kind: 'xai',
  about: 'An account at xAI.',
  baseUrl: 'https://api.x.ai/v1',
  rules: RULES,
});
