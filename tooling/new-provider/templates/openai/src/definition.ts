import { defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { RULES } from './rules.js';

export type AcmeSettings = VendorSettings<'acme'>;

/** The API of Acme, which is OpenAI's. */
export const acme = defineVendor({
  kind: 'acme',
  about: 'An account at Acme.',
  baseUrl: 'https://api.acme.example/v1',
  rules: RULES,
});
