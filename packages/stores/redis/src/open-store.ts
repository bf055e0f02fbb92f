import type { AtomicKeyValueStore, Clock, KeyValueStore } from '@sluice/contract';
import { createRedisAtomicStore } from './atomic-store.js';
import { RedisCounterStore } from './counter-store.js';
import { createRedisKeyValueStore } from './key-value-store.js';
import { RedisLink } from './link.js';
import type { LinkFigures } from './link.js';
import { createNotices } from './notices.js';
import type { Notices } from './notices.js';
import type { CountKeeper } from './recovery.js';
import { SideLosses } from './side-losses.js';
import type { SideName } from './side-losses.js';

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
  /** Hears when a connection besides the first is lost while the server is there. Must not throw. */
  readonly onSideLost?: (side: SideName, cause: unknown) => void;
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
  /** Of the connections besides the first. */
  readonly sides: Readonly<Record<SideName, Pick<RedisLink, 'isUp' | 'figures'>>>;
  close(): void;
}

/** How long a claim may take, and an answer: the longest have many megabytes. */
const TIMEOUTS_MS: Readonly<Record<SideName, number>> = { claims: 500, answers: 1_000 };

/** Connects to a Redis server, and goes on doing so. Throws for a URL that is none; the error does not repeat it. */
export function openRedisStore(options: RedisStoreOptions): RedisStore {
  const { link, claims, answers } = createLinks(options);
  const counters = new RedisCounterStore(link, options);
  // With the answers: a channel that is forbidden must cost nobody who is counted his connection.
  const notices = createNotices(
    { tells: link, hears: answers },
    { channel: channelOf(options.url), sender: options.newId(), onError: options.onError },
  );
  link.open(
    () => counters.check(),
    () => counters.resume(),
  );
  openSide(claims, () => undefined);
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
    sides: { claims, answers },
    close() {
      link.close();
      claims.close();
      answers.close();
    },
  };
}

interface Links extends Readonly<Record<SideName, RedisLink>> {
  /** The first. */
  readonly link: RedisLink;
}

function createLinks(options: RedisStoreOptions): Links {
  const losses: SideLosses = new SideLosses({
    clock: options.clock,
    isServerUp: () => link.isUp,
    onLost: (side, cause) => options.onSideLost?.(side, cause),
  });
  const link = createFirst(options, losses);
  return { link, claims: createSide('claims', options, losses), answers: createSide('answers', options, losses) };
}

function createFirst(options: RedisStoreOptions, losses: SideLosses): RedisLink {
  const onError = (cause: unknown): void => {
    losses.noteServer();
    options.onError(cause);
  };
  return new RedisLink({ ...options, onError });
}

function createSide(side: SideName, { url, clock, random }: RedisStoreOptions, losses: SideLosses): RedisLink {
  const onError = (cause: unknown): void => losses.noteSide(side, cause);
  return new RedisLink({ url, clock, random, timeoutMs: () => TIMEOUTS_MS[side], onError });
}

function openSide(link: RedisLink, onUp: () => void): void {
  link.open(() => link.run(async (client) => void (await client.ping()), 'check'), onUp);
}

/** Channels are shared by all databases of a server. */
function channelOf(url: string): string {
  return `sluice:${Number(new URL(url).pathname.slice(1)) || 0}:notices`;
}
