export { openSqliteDirectoryCopy } from './directory-copy.js';
export { openSqliteStore } from './open-store.js';
export type { SqliteCounterStore } from './counters.js';
export type { SqliteDirectoryCopyOptions } from './directory-copy.js';
export type { OutboxOptions } from './outbox.js';
export type { SqliteStore, SqliteStoreOptions } from './open-store.js';
export type { LogFault } from './write-ahead-log.js';
