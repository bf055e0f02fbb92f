export { createTokenCounter } from './create-token-counter.js';
export type { TokenCounterDeps } from './create-token-counter.js';
