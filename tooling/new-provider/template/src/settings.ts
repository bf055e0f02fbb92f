import { z } from 'zod';

const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);

/** What an operator may say of an account at Acme. */
export const acmeSettings = z.strictObject({
  kind: z.literal('acme'),
  /** Sent as `authorization`; without one, no credentials are sent. */
  apiKey: secretRef.optional(),
  /** As the vendor's own SDK takes it. */
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.acme.example/v1'),
  allowPrivateNetwork: z.boolean().optional(),
});
export type AcmeSettings = z.infer<typeof acmeSettings>;
