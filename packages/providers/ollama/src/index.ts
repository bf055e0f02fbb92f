export { ollama } from './definition.js';
export type { OllamaSettings } from './settings.js';
