export { cohere } from './definition.js';
export type { CohereSettings } from './settings.js';
