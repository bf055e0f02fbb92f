import { COMPATIBLE } from '../rules.js';
import type { ServerRules } from '../rules.js';
import { foreignBut } from './shared.js';
import type { Preset } from './shared.js';

/** Servers of one's own hand what they do not know to the model's template, or overlook it. */
const LOCAL: ServerRules = {
  ...COMPATIBLE,
  foreign: foreignBut(),
  topK: true,
  files: [],
  customTools: false,
  refusals: false,
  reasoning: { ...COMPATIBLE.reasoning, switch: 'chat_template_kwargs' },
};

/** Servers that one runs oneself, at the addresses where they listen unless told otherwise. */
export const LOCAL_SERVERS = {
  /** https://docs.vllm.ai/en/stable/serving/online_serving.html, /features/reasoning_outputs.html. */
  vllm: {
    baseUrl: 'http://127.0.0.1:8000/v1',
    rules: {
      ...LOCAL,
      media: ['transcription'],
      servesResponses: true,
      prefill: { fields: { continue_final_message: true, add_generation_prompt: false } },
    },
  },
  /** https://docs.sglang.ai/basic_usage/openai_api_completions.html, /advanced_features/separate_reasoning.html. */
  sglang: {
    baseUrl: 'http://127.0.0.1:30000/v1',
    rules: { ...LOCAL, prefill: { fields: { continue_final_message: true } } },
  },
  /** Goes on with a last message of the assistant's by itself: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, `--no-prefill-assistant`. */
  llamacpp: { baseUrl: 'http://127.0.0.1:8080/v1', rules: { ...LOCAL, prefill: {} } },
  /** Knows schemas, but not `json_object`: https://lmstudio.ai/docs/developer/openai-compat/structured-output; PyPI litellm 1.110.2, llms/lm_studio/chat/transformation.py. */
  lmstudio: {
    baseUrl: 'http://127.0.0.1:1234/v1',
    rules: {
      ...LOCAL,
      sounds: false,
      plainJson: 'schema',
      reasoning: { effort: { field: 'reasoning_effort', levels: ['low', 'medium', 'high'] } },
      servesResponses: true,
    },
  },
  /** https://huggingface.co/docs/text-generation-inference/reference/api_reference. */
  tgi: {
    rules: {
      ...LOCAL,
      topK: false,
      sounds: false,
      reasoning: {},
      refused: ['parallel_tool_calls', 'reasoning_effort', 'service_tier', 'user'],
      embeddings: false,
    },
  },
} as const satisfies Record<string, Preset>;
