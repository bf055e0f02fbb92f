export { openAiCompatible } from './definition.js';
export { PRESETS } from './presets/presets.js';
export type { Preset } from './presets/shared.js';
export type { PresetName } from './presets/presets.js';
export type { ReasoningRules, ServerRules } from './rules.js';
export type { OpenAiProvider, ServerProvider } from './provider.js';
export type { OpenAiCompatibleSettings } from './settings.js';
