import { defineVendor } from '@sluice/provider-openai-compatible/internal';
import type { VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { RULES } from './rules.js';

export type GroqSettings = VendorSettings<'groq'>;

/** The Groq API. */
export const groq = defineVendor({
  kind: 'groq',
  about: 'An account at Groq.',
  baseUrl: 'https://api.groq.com/openai/v1',
  rules: RULES,
});
