export { createSimDefinition } from './definition.js';
export { simSettings } from './settings.js';
export type { SimDeps } from './definition.js';
export type { SimSettings } from './settings.js';
