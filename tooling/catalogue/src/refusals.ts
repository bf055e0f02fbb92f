import type { JsonObject, ReasoningEffort, RefusedParameters } from '@sluice/contract';

export interface RefusalQuestion {
  readonly kind: string;
  readonly name: string;
  readonly entry: JsonObject;
  readonly efforts: readonly ReasoningEffort[];
}

/** https://developers.openai.com/api/docs/guides/reasoning: at effort `none` where a model has it, else never. */
const OPENAI_REASONING = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
] as const;
/** https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking and Gemini from 3.5 on. */
const SAMPLING = ['temperature', 'top_p', 'top_k'] as const;
/** https://docs.x.ai/docs/guides/reasoning */
const XAI_REASONING = ['presence_penalty', 'frequency_penalty', 'stop'] as const;
/** https://api-docs.deepseek.com/guides/reasoning_model: the others are taken without effect. */
const DEEPSEEK_REASONER = ['logprobs', 'top_logprobs'] as const;

/** The sampling parameters that a model answers with an error. */
export function refusalsOf({ kind, name, entry, efforts }: RefusalQuestion): RefusedParameters | undefined {
  if ((kind === 'openai' || kind === 'azure-openai') && entry['supports_reasoning'] === true) {
    return { parameters: OPENAI_REASONING, when: efforts.includes('none') ? 'reasoning' : 'always' };
  }
  if (entry['supports_sampling_params'] === false) return { parameters: SAMPLING, when: 'always' };
  if (kind === 'xai' && entry['supports_reasoning'] === true) return { parameters: XAI_REASONING, when: 'always' };
  if (name === 'deepseek-reasoner') return { parameters: DEEPSEEK_REASONER, when: 'always' };
  return undefined;
}
