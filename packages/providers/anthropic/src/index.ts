export { anthropic } from './definition.js';
export type { AnthropicSettings } from './settings.js';
