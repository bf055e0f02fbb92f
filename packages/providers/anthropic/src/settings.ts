import { z } from 'zod';

/** The versions of the API that the adapter speaks. https://platform.claude.com/docs/en/api/versioning */
export const API_VERSIONS = ['2023-06-01', '2026-10-21'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);

/** What an operator may say of an Anthropic account. */
export const anthropicSettings = z.strictObject({
  kind: z.literal('anthropic'),
  /** Sent as `x-api-key`; without one, no credentials are sent. */
  apiKey: secretRef.optional(),
  /** As the vendor's own SDK takes it. A `/v1` at its end is tolerated. */
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.anthropic.com'),
  /** Added to every request. */
  headers: z.record(z.string(), z.string()).optional(),
  allowPrivateNetwork: z.boolean().optional(),
  /** Under `2026-10-21` the vendor refuses every sampling parameter. */
  version: z.enum(API_VERSIONS).default('2023-06-01'),
  /** Beta features to ask for in every request. */
  beta: z.array(z.string().regex(/^[\w.-]+$/)).default([]),
});
export type AnthropicSettings = z.infer<typeof anthropicSettings>;
