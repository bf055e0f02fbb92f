export { openAiCompatible } from './definition.js';
export type { OpenAiProvider } from './provider.js';
export type { OpenAiCompatibleSettings } from './settings.js';
