import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import {
  allowPrivateNetwork,
  baseUrl,
  createOpenAiProvider,
  extraHeaders,
  secretRef,
} from '@sluice/provider-openai-compatible/internal';
import type { OpenAiProvider } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';
import { QUIRKS } from './quirks.js';

/** Settings of `kind: openai`. */
export const openAiSettings = z.strictObject({
  kind: z.literal('openai').describe('An account at OpenAI.'),
  baseUrl: baseUrl.default('https://api.openai.com/v1').describe("As the vendor's own SDK takes it; http or https."),
  apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type OpenAiSettings = z.infer<typeof openAiSettings>;

/** The OpenAI API. */
export const openai = {
  kind: 'openai',
  contractVersion: 1,
  settings: openAiSettings,
  create(settings: OpenAiSettings, deps: Pick<ProviderDeps, 'secret'>): OpenAiProvider {
    return createOpenAiProvider({
      baseUrl: new URL(settings.baseUrl),
      secretRef: settings.apiKey,
      headers: settings.headers,
      deps,
      rules: QUIRKS,
    });
  },
} as const satisfies ProviderDefinition<OpenAiSettings>;
