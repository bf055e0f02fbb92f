import { OPENAI_ONLY } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/**
 * Mistral: npm @mistralai/mistralai 2.7.0, esm/models/components/chatcompletionrequest.d.ts, contentchunk.d.ts,
 * thinkchunk.d.ts, requestedservicetier.js; npm @ai-sdk/mistral 3.0.69, src/convert-to-mistral-chat-messages.ts. A field
 * that it does not know is an error 422; the form of ids is error 3280 of
 * https://github.com/mistralai/mistral-vibe/issues/1075. An answer that was begun comes with its beginning:
 * https://github.com/SillyTavern/SillyTavern/issues/2557, https://github.com/vercel/ai/pull/3256.
 */
export const RULES: ServerRules = {
  maxTokensField: 'max_tokens',
  renamed: { seed: 'random_seed' },
  refused: [
    ...OPENAI_ONLY.filter((name) => name !== 'prediction'),
    'logit_bias',
    'logprobs',
    'top_logprobs',
    'user',
    'stream_options',
  ],
  reasoning: {
    effort: { field: 'reasoning_effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
  },
  reasoningHistory: { field: 'thinking', turns: 'all' },
  serviceTiers: { auto: 'auto', default: 'standard_only', standard_only: 'standard_only' },
  files: ['base64', 'url', 'stored'],
  documents: 'document_url',
  sounds: 'plain',
  toolImages: true,
  toolIds: 'nine-alphanumeric',
  requiredChoice: 'any',
  strictMessages: true,
  prefixField: 'prefix',
  prefill: { repeats: true },
  embeddings: { renamed: { dimensions: 'output_dimension' }, refused: ['user'] },
  passes: false,
};
