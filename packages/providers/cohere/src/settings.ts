import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** Settings of `kind: cohere`. */
export const cohereSettings = z.strictObject({
  kind: z.literal('cohere').describe('An account at Cohere, or a deployment of one of your own.'),
  baseUrl: baseUrl
    .default('https://api.cohere.com')
    .describe("As the vendor's own SDK takes it; a version at its end is tolerated."),
  apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type CohereSettings = z.infer<typeof cohereSettings>;
