import {
  batchEmbedContentsSchema,
  countTokensSchema,
  embedContentSchema,
  geminiBatchEmbed,
  geminiCountTokens,
  geminiEmbed,
  geminiGenerate,
  geminiStreamGenerate,
  generateContentSchema,
} from '@sluice/dialect-gemini';
import { endpoint } from './endpoint.js';
import type { About, Inference } from './endpoint.js';

const BETA = '/v1beta/models/{model}';
/** Google's SDKs ask here for what is stable by now, and there for the rest. */
const STABLE = '/v1/models/{model}';

const about = (method: string, summary: string, body: About['body']): About => ({
  summary: `${summary}, in the Gemini dialect`,
  body,
  aliases: [`${STABLE}:${method}`],
});

/** Google's Gemini API. */
export const GEMINI: readonly Inference[] = [
  endpoint(
    { route: `${BETA}:generateContent`, operation: 'chat', dialect: geminiGenerate },
    about('generateContent', 'Chat', generateContentSchema),
  ),
  endpoint(
    { route: `${BETA}:streamGenerateContent`, operation: 'chat', dialect: geminiStreamGenerate },
    about('streamGenerateContent', 'Chat as a stream', generateContentSchema),
  ),
  endpoint(
    { route: `${BETA}:countTokens`, operation: 'countTokens', dialect: geminiCountTokens },
    about('countTokens', "A prompt's tokens", countTokensSchema),
  ),
  endpoint(
    { route: `${BETA}:embedContent`, operation: 'embed', dialect: geminiEmbed },
    about('embedContent', 'An embedding', embedContentSchema),
  ),
  endpoint(
    { route: `${BETA}:batchEmbedContents`, operation: 'embed', dialect: geminiBatchEmbed },
    about('batchEmbedContents', 'Embeddings', batchEmbedContentsSchema),
  ),
];
