import { COMPATIBLE, OPENAI_ONLY, foreignBut } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/** Groq: npm groq-sdk 1.6.0, resources/chat/completions.d.ts, /audio/; npm @ai-sdk/groq 3.0.71, src/groq-chat-language-model.ts. */
export const RULES: ServerRules = {
  ...COMPATIBLE,
  maxTokensField: 'max_completion_tokens',
  refused: [
    ...OPENAI_ONLY,
    'frequency_penalty',
    'logit_bias',
    'logprobs',
    'metadata',
    'n',
    'presence_penalty',
    'prompt_cache_key',
    'top_logprobs',
  ],
  foreign: foreignBut(),
  reasoning: {
    effort: { field: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] },
    hidden: 'include_reasoning',
  },
  reasoningHistory: { field: 'reasoning', turns: 'with-tools' },
  serviceTiers: {
    auto: 'auto',
    default: 'on_demand',
    on_demand: 'on_demand',
    flex: 'flex',
    priority: 'performance',
    performance: 'performance',
  },
  media: ['speech', 'transcription'],
  mediaRules: {
    speech: { refused: ['instructions'], formats: ['wav', 'mp3', 'flac'] },
    transcription: { formats: ['json', 'text', 'verbose_json'] },
  },
  files: [],
  sounds: false,
  customTools: false,
  refusals: false,
  strictMessages: true,
  servesResponses: true,
  completions: false,
  embeddings: false,
};
