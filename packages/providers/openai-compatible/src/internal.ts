export { ALL_MEDIA } from './media/operations.js';
export { createOpenAiProvider } from './provider.js';
export { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from './settings.js';
export { COMPATIBLE } from './rules.js';
export type { OpenAiProvider, OpenAiProviderInit } from './provider.js';
export type { ServerRules } from './rules.js';
