export { toSegment } from './api.js';
export { createChat } from './chat/operation.js';
export type { StreamedChat } from './chat/operation.js';
export { classify } from './classify.js';
export { createCountTokens } from './count-tokens.js';
export { geminiEndpoints } from './raw.js';
export type { GeminiApi } from './api.js';
