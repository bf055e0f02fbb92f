import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** Settings of `kind: azure-openai`. */
export const azureOpenAiSettings = z.strictObject({
  kind: z.literal('azure-openai').describe('A resource of Azure OpenAI, or of Azure AI Foundry.'),
  baseUrl: baseUrl.describe('The endpoint of the resource, with or without `/openai/v1`; http or https.'),
  apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
  apiVersion: z
    .string()
    .regex(/^(?:v1|preview|latest|\d{4}-\d{2}-\d{2}(?:-preview)?)$/, 'expected v1, preview, or a date')
    .optional()
    .describe('The version of the API. One with a date stands for the older paths, `/openai/deployments/...`.'),
  deployments: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe('What models are deployed as, where that is not their own name.'),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type AzureOpenAiSettings = z.infer<typeof azureOpenAiSettings>;
