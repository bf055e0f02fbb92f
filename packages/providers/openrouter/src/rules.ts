import { COMPATIBLE, foreignBut } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/**
 * OpenRouter: npm @openrouter/sdk 1.3.19, models/chatrequest.d.ts, chatassistantmessage.d.ts, reasoningdetail*.d.ts; npm
 * @openrouter/ai-sdk-provider 3.1.0. Fields that a model lacks are overlooked for it. Media: models/imagegenerationrequest.d.ts,
 * speechrequest.d.ts, operations/createaudiotranscriptionsmultipart.d.ts, creatererank.d.ts.
 */
export const RULES: ServerRules = {
  ...COMPATIBLE,
  refused: ['moderation', 'n', 'prompt_cache_retention', 'safety_identifier', 'store', 'web_search_options'],
  foreign: foreignBut('reasoning'),
  topK: true,
  reasoning: {
    effort: {
      field: 'reasoning.effort',
      levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    },
    budget: 'reasoning.max_tokens',
    hidden: 'reasoning.exclude',
  },
  reasoningHistory: { field: 'reasoning_details', turns: 'all' },
  cacheMarks: { form: 'cache_control' },
  media: ['image', 'speech', 'transcription'],
  mediaRules: {
    image: { path: 'images', refused: ['style'], base64: true },
    speech: { refused: ['instructions'], formats: ['mp3', 'pcm'] },
    transcription: { refused: ['prompt'], formats: ['json', 'verbose_json'] },
  },
  files: ['base64', 'url'],
  customTools: false,
  toolImages: true,
  ownImages: true,
  servesResponses: true,
};
