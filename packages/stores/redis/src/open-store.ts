import type { Clock, KeyValueStore } from '@sluice/contract';
import { RedisCounterStore } from './counter-store.js';
import { createRedisKeyValueStore } from './key-value-store.js';
import { RedisLink } from './link.js';
import type { LinkFigures } from './link.js';
import { createNotices } from './notices.js';
import type { Notices } from './notices.js';
import type { CountKeeper } from './recovery.js';

export interface RedisStoreOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  /** How long any command may take. Of the moment. */
  readonly timeoutMs: () => number;
  /** Hears when the server is lost, once for each time, and what else goes wrong by itself. Must not throw. */
  readonly onError: (cause: unknown) => void;
  readonly leaseMs?: number;
  readonly keeper?: CountKeeper;
  readonly graceMs?: number;
  readonly nowMs?: () => number;
}

export interface RedisStore {
  readonly counters: RedisCounterStore;
  /** Answers, and whatever else is kept for a time. */
  readonly entries: KeyValueStore;
  readonly notices: Notices;
  /** Whether the server is there. */
  readonly isUp: boolean;
  readonly figures: LinkFigures;
  close(): void;
}

/** Connects to a Redis server, and goes on doing so. Throws for a URL that is none; the error does not repeat it. */
export function openRedisStore(options: RedisStoreOptions): RedisStore {
  const link = new RedisLink(options);
  const counters = new RedisCounterStore(link, options);
  const notices = createNotices(link, { channel: channelOf(options.url), sender: options.newId() });
  link.open(
    () => counters.check(),
    () => {
      counters.resume();
      notices.missed();
    },
  );
  return {
    counters,
    entries: createRedisKeyValueStore(link, 'sluice:entries'),
    notices,
    get isUp() {
      return link.isUp;
    },
    get figures() {
      return link.figures;
    },
    close: () => link.close(),
  };
}

/** Channels are shared by all databases of a server. */
function channelOf(url: string): string {
  return `sluice:${Number(new URL(url).pathname.slice(1)) || 0}:notices`;
}
