export { deepseek } from './definition.js';
export type { DeepSeekSettings } from './definition.js';
