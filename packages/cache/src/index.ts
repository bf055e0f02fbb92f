export { createResponseCache } from './response-cache.js';
export { cacheSettings } from './settings.js';
export type { ResponseCacheDeps } from './response-cache.js';
export type { CacheSettings } from './settings.js';
