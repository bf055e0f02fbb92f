export { openai } from './definition.js';
export type { OpenAiSettings } from './definition.js';
