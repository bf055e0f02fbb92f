export { createTokenCounter } from './create-token-counter.js';
export { encodingOf } from './encoding-of.js';
export type { TokenCounterDeps } from './create-token-counter.js';
export type { Encoding } from './encoding-of.js';
