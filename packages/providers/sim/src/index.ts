export { createSimDefinition } from './definition.js';
export type { SimDeps } from './definition.js';
export type { SimSettings } from './settings.js';
