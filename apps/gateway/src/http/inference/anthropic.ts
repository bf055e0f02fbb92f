import { anthropicCountTokens, anthropicMessages, countTokensSchema, messagesSchema } from '@sluice/dialect-anthropic';
import { endpoint } from './endpoint.js';
import type { Inference } from './endpoint.js';

/** Anthropic's API. */
export const ANTHROPIC: readonly Inference[] = [
  endpoint(
    { route: '/v1/messages', operation: 'chat', dialect: anthropicMessages },
    { summary: 'Chat, in the Anthropic dialect', body: messagesSchema },
  ),
  endpoint(
    { route: '/v1/messages/count_tokens', operation: 'countTokens', dialect: anthropicCountTokens },
    { summary: "A prompt's tokens, in the Anthropic dialect", body: countTokensSchema },
  ),
];
