import { COMPATIBLE, OPENAI_ONLY, foreignBut } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/**
 * DeepSeek: npm @ai-sdk/deepseek 2.0.69, src/chat/; https://api-docs.deepseek.com/guides/thinking_mode (the effort, what
 * goes back with calls of tools), https://api-docs.deepseek.com/api/create-chat-completion (the fields, `user_id`),
 * https://api-docs.deepseek.com/guides/chat_prefix_completion (an answer that was begun, under another address).
 */
export const RULES: ServerRules = {
  ...COMPATIBLE,
  renamed: { user: 'user_id' },
  refused: [
    ...OPENAI_ONLY,
    'frequency_penalty',
    'logit_bias',
    'metadata',
    'n',
    'parallel_tool_calls',
    'presence_penalty',
    'prompt_cache_key',
    'seed',
    'service_tier',
  ],
  foreign: [...foreignBut('thinking'), 'max_completion_tokens'],
  reasoning: { effort: { field: 'reasoning_effort', levels: ['low', 'high', 'max'] }, switch: 'thinking' },
  reasoningHistory: { field: 'reasoning_content', turns: 'with-tools', fill: '' },
  files: [],
  sounds: false,
  customTools: false,
  refusals: false,
  schemas: 'json_object',
  prefixField: 'prefix',
  prefill: { path: 'beta/chat/completions' },
  completions: false,
  embeddings: false,
};
