export { createMemoryCounterStore } from './counter-store.js';
export { createMemoryKeyValueStore } from './key-value-store.js';
export type { MemoryKeyValueStoreOptions } from './key-value-store.js';
