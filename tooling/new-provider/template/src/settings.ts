import { z } from 'zod';

const secretRef = z.union([
  z.strictObject({ env: z.string().min(1).describe('The variable that holds the key.') }),
  z.strictObject({ file: z.string().min(1).describe('The file that holds the key, from the working directory.') }),
]);

/** What an operator may say of an account at Acme. */
export const acmeSettings = z.strictObject({
  kind: z.literal('acme').describe('An account at Acme.'),
  apiKey: secretRef
    .optional()
    .describe('Where the key stands, which is sent as `authorization`. Without one, no credentials are sent.'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.acme.example/v1')
    .describe("As the vendor's own SDK takes it."),
  allowPrivateNetwork: z
    .boolean()
    .optional()
    .describe('Whether `baseUrl` may lead into a private network. Without effect in this version: it always may.'),
});
export type AcmeSettings = z.infer<typeof acmeSettings>;
