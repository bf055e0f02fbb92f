import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** Settings of `kind: google`. */
export const googleSettings = z.strictObject({
  kind: z.literal('google').describe('An account at the Gemini API of Google AI Studio.'),
  apiKey: secretRef
    .optional()
    .describe('Where the key stands, which is sent as `x-goog-api-key`. Without one, no credentials are sent.'),
  baseUrl: baseUrl
    .default('https://generativelanguage.googleapis.com')
    .describe("As the vendor's own SDK takes it; a `/v1beta` or `/v1` at its end is tolerated."),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type GoogleSettings = z.infer<typeof googleSettings>;
