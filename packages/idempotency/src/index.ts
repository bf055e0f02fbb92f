export { IdempotentRequests } from './idempotent-requests.js';
export { idempotencySettings } from './settings.js';
export { sharedOrOwn } from './shared-or-own.js';
export type { IdempotencySettings } from './settings.js';
export type { IdempotentRequestsDeps } from './idempotent-requests.js';
export type { SharedOrOwnOptions, SharedStorePolicy } from './shared-or-own.js';
