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
  /** Answers, and whatever else is kept for a time, over a connection of their own: nobody who is counted waits for them. */
  readonly entries: KeyValueStore;
  /** What gateways compete for, over another one; large values go with the entries. */
  readonly claims: AtomicKeyValueStore;
  readonly notices: Notices;
  /** Whether the server is there. */
  readonly isUp: boolean;
  /** Whether it is for entries. */
  readonly areEntriesUp: boolean;
  /** Whether every connection is there. */
  readonly isWhole: boolean;
  readonly figures: LinkFigures;
  close(): void;
}

/** How long a claim may take. */
const CLAIM_TIMEOUT_MS = 500;
/** How long an answer may: the longest have many megabytes. */
const ANSWER_TIMEOUT_MS = 1_000;

/** Connects to a Redis server, and goes on doing so. Throws for a URL that is none; the error does not repeat it. */
export function openRedisStore(options: RedisStoreOptions): RedisStore {
  const link = new RedisLink(options);
  const counters = new RedisCounterStore(link, options);
  const claims = createSide(options, CLAIM_TIMEOUT_MS);
  const answers = createSide(options, ANSWER_TIMEOUT_MS);
  // With the answers: a channel that is forbidden must cost nobody who is counted his connection.
  const notices = createNotices(
    { tells: link, hears: answers },
    { channel: channelOf(options.url), sender: options.newId(), onError: options.onError },
  );
  link.open(
    () => counters.check(),
    () => counters.resume(),
  );
  openSide(claims, ignore);
  openSide(answers, () => notices.missed());
  return {
    counters,
    claims: createRedisAtomicStore({ small: claims, large: answers }, 'sluice:claims'),
    entries: createRedisKeyValueStore(answers, 'sluice:entries'),
    notices,
    get isUp() {
      return link.isUp;
    },
    get areEntriesUp() {
      return answers.isUp;
    },
    get isWhole() {
      return counters.isUp && claims.isUp && answers.isUp;
    },
    get figures() {
      return link.figures;
    },
    close() {
      link.close();
      claims.close();
      answers.close();
    },
  };
}

/** It is the same server: what becomes of it, the first connection tells. */
function createSide({ url, clock, random }: RedisStoreOptions, timeoutMs: number): RedisLink {
  return new RedisLink({ url, clock, random, timeoutMs: () => timeoutMs, onError: ignore });
}

function openSide(link: RedisLink, onUp: () => void): void {
  link.open(() => link.run(async (client) => void (await client.ping()), 'check'), onUp);
}

function ignore(): void {
  // Told elsewhere.
}

/** Channels are shared by all databases of a server. */
function channelOf(url: string): string {
  return `sluice:${Number(new URL(url).pathname.slice(1)) || 0}:notices`;
}
