export { openai } from './definition.js';
export type { OpenAiDefinition, OpenAiSettings } from './definition.js';
