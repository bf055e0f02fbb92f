export { createOpenAiProvider } from './provider.js';
export { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from './settings.js';
export { COMPATIBLE } from './tweaks.js';
export type { OpenAiProvider, OpenAiProviderInit } from './provider.js';
export type { DialectTweaks } from './tweaks.js';
