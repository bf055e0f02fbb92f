import { defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { RULES } from './rules.js';

export type DeepSeekSettings = VendorSettings<'deepseek'>;

/** The DeepSeek API. */
export const deepseek = defineVendor({
  kind: 'deepseek',
  about: 'An account at DeepSeek.',
  baseUrl: 'https://api.deepseek.com',
  rules: RULES,
});
