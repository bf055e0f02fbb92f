export { openSqliteStore } from './open-store.js';
export type { SqliteCounterStore } from './counters.js';
export type { SqliteStore, SqliteStoreOptions } from './open-store.js';
