import type { AtomicKeyValueStore, Clock, KeyValueStore } from '@sluice/contract';
import { createRedisAtomicStore } from './atomic-store.js';
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
  /** What gateways compete for, over a connection of its own, so that nobody who is counted waits for a long answer. */
  readonly claims: AtomicKeyValueStore;
  readonly notices: Notices;
  /** Whether the server is there. */
  readonly isUp: boolean;
  readonly figures: LinkFigures;
  close(): void;
}

/** How long a claim, or an answer that is kept, may take: the longest have many megabytes. */
const CLAIM_TIMEOUT_MS = 500;

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
  const claims = openClaimsLink(options);
  return {
    counters,
    claims: createRedisAtomicStore(claims, 'sluice:claims'),
    entries: createRedisKeyValueStore(link, 'sluice:entries'),
    notices,
    get isUp() {
      return link.isUp;
    },
    get figures() {
      return link.figures;
    },
    close() {
      link.close();
      claims.close();
    },
  };
}

/** It is the same server: what becomes of it, the other connection tells. */
function openClaimsLink({ url, clock, random }: RedisStoreOptions): RedisLink {
  const onError = (): void => undefined;
  const link = new RedisLink({ url, clock, random, timeoutMs: () => CLAIM_TIMEOUT_MS, onError });
  const check = (): Promise<void> => link.run(async (client) => void (await client.ping()), 'check');
  link.open(check, onError);
  return link;
}

/** Channels are shared by all databases of a server. */
function channelOf(url: string): string {
  return `sluice:${Number(new URL(url).pathname.slice(1)) || 0}:notices`;
}
