export { mistral } from './definition.js';
export type { MistralSettings } from './definition.js';
