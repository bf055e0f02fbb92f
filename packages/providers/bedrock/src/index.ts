export { bedrock } from './definition.js';
export type { BedrockSettings } from './settings.js';
