export { openrouter } from './definition.js';
export type { OpenRouterSettings } from './definition.js';
