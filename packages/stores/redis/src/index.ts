export { openRedisStore } from './open-store.js';
export type { CountKeeper } from './recovery.js';
export type { LinkFigures } from './link.js';
export type { Notices } from './notices.js';
export type { RedisCounterStore } from './counter-store.js';
export type { RedisStore, RedisStoreOptions } from './open-store.js';
export type { SideName } from './side-losses.js';
