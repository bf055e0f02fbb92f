import type { Capability, JsonObject } from '@sluice/contract';

/** litellm's flags; what one of them says `false` to, the model is known not to have. */
const FLAGS: readonly (readonly [flag: string, capability: Capability])[] = [
  ['supports_function_calling', 'tools'],
  ['supports_parallel_function_calling', 'parallel-tools'],
  ['supports_forced_tool_use', 'forced-tools'],
  ['supports_vision', 'vision'],
  ['supports_image_input', 'vision'],
  ['supports_pdf_input', 'files'],
  ['supports_audio_input', 'audio'],
  ['supports_response_schema', 'json-schema'],
  ['supports_native_structured_output', 'json-schema'],
  ['supports_reasoning', 'reasoning'],
  ['supports_adaptive_thinking', 'adaptive-reasoning'],
  ['supports_audio_output', 'audio-output'],
  ['supports_prompt_caching', 'prompt-cache'],
  ['supports_assistant_prefill', 'prefill'],
];

/** litellm's lists of modalities, complete where they are given. */
const MODALITIES: readonly (readonly [list: string, modality: string, capability: Capability])[] = [
  ['supported_modalities', 'image', 'vision'],
  ['supported_modalities', 'audio', 'audio'],
  ['supported_output_modalities', 'image', 'image-output'],
  ['supported_output_modalities', 'audio', 'audio-output'],
];

export interface Abilities {
  readonly can: readonly Capability[];
  readonly cannot: readonly Capability[];
}

/** What an entry says. Where two of its fields disagree the model has the ability: nothing is refused on a doubt. */
export function readAbilities(entry: JsonObject): Abilities {
  const can = new Set<Capability>();
  const cannot = new Set<Capability>();
  for (const [flag, capability] of FLAGS) {
    if (entry[flag] === true) can.add(capability);
    if (entry[flag] === false) cannot.add(capability);
  }
  for (const [list, modality, capability] of MODALITIES) {
    const modalities = entry[list];
    if (Array.isArray(modalities)) (modalities.includes(modality) ? can : cannot).add(capability);
  }
  return { can: [...can], cannot: [...cannot].filter((capability) => !can.has(capability)) };
}
