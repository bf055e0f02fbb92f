export { azureOpenAi } from './definition.js';
export type { AzureOpenAiSettings } from './settings.js';
