export { xai } from './definition.js';
export type { XaiSettings } from './definition.js';
