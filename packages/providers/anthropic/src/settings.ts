import { z } from 'zod';

/** The versions of the API that the adapter speaks. https://platform.claude.com/docs/en/api/versioning */
export const API_VERSIONS = ['2023-06-01', '2026-10-21'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

const secretRef = z.union([
  z.strictObject({ env: z.string().min(1).describe('The variable that holds the key.') }),
  z.strictObject({ file: z.string().min(1).describe('The file that holds the key, from the working directory.') }),
]);

/** What an operator may say of an Anthropic account. */
export const anthropicSettings = z.strictObject({
  kind: z.literal('anthropic').describe('An account at Anthropic.'),
  apiKey: secretRef
    .optional()
    .describe('Where the key stands, which is sent as `x-api-key`. Without one, no credentials are sent.'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.anthropic.com')
    .describe("As the vendor's own SDK takes it; a `/v1` at its end is tolerated."),
  headers: z.record(z.string(), z.string()).optional().describe('Headers that go with every call.'),
  /** Nothing reads it yet: no address is refused. It is accepted so that files which set it load. */
  allowPrivateNetwork: z
    .boolean()
    .optional()
    .describe('Whether `baseUrl` may lead into a private network. Without effect in this version: it always may.'),
  version: z
    .enum(API_VERSIONS)
    .default('2023-06-01')
    .describe('The version of the API. Under `2026-10-21` the vendor refuses every sampling parameter.'),
  beta: z
    .array(z.string().regex(/^[\w.-]+$/))
    .default([])
    .describe('Beta features to ask for in every request.'),
});
export type AnthropicSettings = z.infer<typeof anthropicSettings>;
