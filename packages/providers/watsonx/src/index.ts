export { watsonx } from './definition.js';
export type { WatsonxSettings } from './settings.js';
