export { groq } from './definition.js';
export type { GroqSettings } from './definition.js';
