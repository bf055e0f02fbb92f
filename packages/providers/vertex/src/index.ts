export { vertex } from './definition.js';
export type { VertexSettings } from './settings.js';
