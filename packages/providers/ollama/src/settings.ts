import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from '@sluice/provider-openai-compatible/internal';
import { z } from 'zod';

/** Settings of `kind: ollama`. */
export const ollamaSettings = z.strictObject({
  kind: z.literal('ollama').describe('A server of Ollama, by its native API.'),
  baseUrl: baseUrl.default('http://127.0.0.1:11434').describe('What `/api/chat` is below; http or https.'),
  apiKey: secretRef
    .optional()
    .describe('Where the key stands, for a server that asks for one, such as https://ollama.com.'),
  headers: extraHeaders.optional().describe('Headers that go with every call.'),
  allowPrivateNetwork: allowPrivateNetwork.optional(),
});
export type OllamaSettings = z.infer<typeof ollamaSettings>;
