import type { ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { baseUrl, createOpenAiProvider, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import type { OpenAiProvider } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';
import { QUIRKS } from './quirks.js';

/** Settings of `kind: openai`. */
export const openAiSettings = z.strictObject({
  kind: z.literal('openai'),
  baseUrl: baseUrl.default('https://api.openai.com/v1'),
  apiKey: secretRef.optional(),
  headers: extraHeaders.optional(),
  /** Whether `baseUrl` may lead into a private network. The transport's owner reads it. */
  allowPrivateNetwork: z.boolean().optional(),
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
      dialectTweaks: QUIRKS,
    });
  },
} as const satisfies ProviderDefinition<OpenAiSettings>;
