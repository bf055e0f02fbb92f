import { COMPATIBLE, OPENAI_ONLY, foreignBut } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/** What models that reason answer with an error. https://docs.x.ai/docs/guides/reasoning */
const REASONS = {
  models: /^grok-(?!.*non-reasoning)/,
  refused: ['frequency_penalty', 'presence_penalty', 'stop'],
};

/** https://docs.x.ai/docs/guides/image-generations */
const RATIOS = ['9:20', '9:19.5', '1:2', '9:16', '2:3', '3:4', '1:1', '4:3', '3:2', '16:9', '2:1', '19.5:9', '20:9'];

/**
 * xAI: npm @ai-sdk/xai 3.0.138, src/xai-chat-language-model.ts, src/xai-chat-options.ts, src/convert-xai-chat-usage.ts,
 * src/xai-image-model.ts.
 */
export const RULES: ServerRules = {
  ...COMPATIBLE,
  maxTokensField: 'max_completion_tokens',
  refused: [...OPENAI_ONLY.filter((name) => name !== 'web_search_options'), 'logit_bias', 'metadata'],
  refusedByModel: [REASONS],
  foreign: foreignBut(),
  reasoning: { effort: { field: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high', 'xhigh'] } },
  serviceTiers: { default: 'default', priority: 'priority' },
  media: ['image'],
  mediaRules: { image: { refused: ['style', 'background'], size: RATIOS } },
  files: [],
  sounds: false,
  customTools: false,
  refusals: false,
  servesResponses: true,
  completions: false,
};
