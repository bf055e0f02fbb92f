export { ALL_MEDIA } from './media/operations.js';
export { createOpenAiProvider, createServerProvider } from './provider.js';
export { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from './settings.js';
export { COMPATIBLE } from './rules.js';
export type { OpenAiProvider, OpenAiProviderInit, ServerProvider } from './provider.js';
export { OPENAI_ONLY, OPEN_MODELS, wishesBut } from './presets/shared.js';
export type { ServerRules } from './rules.js';
export type { Server } from './server.js';
