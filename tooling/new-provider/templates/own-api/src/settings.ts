import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** What an operator may say of an account at Acme. */
export const acmeSettings = z.strictObject({
  kind: z.literal('acme').describe('An account at Acme.'),
  apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
  baseUrl: baseUrl.default('https://api.acme.example/v1').describe("As the vendor's own SDK takes it."),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type AcmeSettings = z.infer<typeof acmeSettings>;
