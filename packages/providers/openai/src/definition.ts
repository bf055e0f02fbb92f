import type { ProviderDeps } from '@sluice/contract';
import { createOpenAiProvider, vendorSettings } from '@sluice/provider-openai-compatible/internal';
import type { OpenAiProvider, VendorDefinition, VendorSettings } from '@sluice/provider-openai-compatible/internal';
import { QUIRKS } from './quirks.js';

/** Settings of `kind: openai`. */
export type OpenAiSettings = VendorSettings<'openai'>;

export interface OpenAiDefinition extends VendorDefinition<'openai'> {
  create(settings: OpenAiSettings, deps: Pick<ProviderDeps, 'secret'>): OpenAiProvider;
}

/** The OpenAI API. */
export const openai: OpenAiDefinition = {
  kind: 'openai',
  contractVersion: 1,
  settings: vendorSettings({
    kind: 'openai',
    about: 'An account at OpenAI.',
    baseUrl: 'https://api.openai.com/v1',
  }),
  create({ baseUrl, apiKey, headers }, deps) {
    return createOpenAiProvider({ baseUrl: new URL(baseUrl), secretRef: apiKey, headers, deps, rules: QUIRKS });
  },
};
