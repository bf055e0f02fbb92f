import { createClient } from '@redis/client';
import { gatewayError } from '@sluice/contract';
import type { Cancel, Clock } from '@sluice/contract';
import { connectionOptions } from './connection.js';
import { keepStringMethodsFast } from './fast-strings.js';
import { subscribe } from './subscription.js';
import type { SubscriptionOptions } from './subscription.js';

keepStringMethodsFast();

export type RedisClient = ReturnType<typeof connect>;

export type Send<T> = (client: RedisClient) => Promise<T>;
/** `check`: the first call to a server that may be lost; `recovering`: one after it; `usual`: only while it is there. */
export type Urgency = 'check' | 'recovering' | 'usual';

export interface RedisLinkOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long any command may take. Of the moment. */
  readonly timeoutMs: () => number;
  /** Hears when the server is lost, once for each time, and of what else fails by itself. Must not throw. */
  readonly onError: (cause: unknown) => void;
}

/** What shows how the server does. */
export interface LinkFigures {
  readonly timeouts: number;
  readonly failures: number;
  /** Times that the server was lost. */
  readonly losses: number;
}

/** Looks after the server: rejects when it does not do what it should. */
export type Check = () => Promise<void>;

const CHECK_EVERY_MS = 250;
const RECHECK_EVERY_MS = 100;
/** So many failures in a row, and the server is left alone. */
const MAX_FAILURES = 5;
/** A connection on which a check goes unanswered for so long is dead, also where nobody has told. */
const SILENCE_MS = 1_000;
/** One that answers too late has to answer in time so often in a row, before it is asked again. */
const GOOD_CHECKS = 3;

/**
 * One connection to a Redis server that may be killed, frozen, slow or out of reach at any time. Every command has a hard
 * deadline. While the server is lost nothing is sent but a check at a time, and commands reject at once: none is ever queued.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #client: RedisClient;
  readonly #figures = { timeouts: 0, failures: 0, losses: 0 };
  #check: Check | undefined;
  #onUp: (() => void) | undefined;
  #isUp = false;
  #wasUp = false;
  #failuresInARow = 0;
  #goodChecks = 0;
  #checksNeeded = 1;
  #isChecking = false;
  #cancelCheck: Cancel | undefined;
  #isClosed = false;
  #isCheckUnanswered = false;
  #cancelSilence: Cancel | undefined;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#client = connect(options);
    this.#client.on('error', (cause: unknown) => this.#lose(cause));
    this.#client.on('ready', () => this.#checkNow());
  }

  /** Whether commands go out. */
  get isUp(): boolean {
    return this.#isUp;
  }

  get figures(): LinkFigures {
    return this.#figures;
  }

  /** Connects, and goes on trying to. The server counts as there once `check` has resolved in time; then `onUp` is called. */
  open(check: Check, onUp: () => void): void {
    this.#check = check;
    this.#onUp = onUp;
    // What fails is told of by the event, and is tried again.
    this.#client.connect().catch(() => undefined);
  }

  /**
   * Rejects when the answer is not there in time; what it says after all is lost. A check goes out only when the one before
   * it is answered, so that a server that has frozen finds no more than one on a connection, and one that is silent is replaced.
   */
  run<T>(send: Send<T>, urgency: Urgency): Promise<T> {
    const goesOut = urgency === 'usual' ? this.#isUp : this.#client.isReady;
    if (!goesOut || (urgency === 'check' && this.#isCheckUnanswered)) return Promise.reject(unreachable());
    return this.#timed(urgency === 'check' ? this.#marked(send) : send);
  }

  /** Looks after the server at once: something is not as it should be. */
  suspect(): void {
    this.#checkNow();
  }

  /**
   * What is said on a channel from now on; what is said while the connection is away, or the server refuses it, is lost. To be
   * called before `open`.
   */
  subscribe(options: Omit<SubscriptionOptions, 'clock'>): void {
    subscribe(this.#client, { ...options, clock: this.#options.clock });
  }

  close(): void {
    this.#isClosed = true;
    this.#isUp = false;
    this.#cancelCheck?.();
    this.#cancelSilence?.();
    if (this.#client.isOpen) this.#client.destroy();
  }

  #marked<T>(send: Send<T>): Send<T> {
    return (client) => {
      this.#isCheckUnanswered = true;
      this.#cancelSilence = this.#afterAtLeast(SILENCE_MS, () => this.#reconnect());
      return send(client).finally(() => {
        this.#isCheckUnanswered = false;
        this.#cancelSilence?.();
      });
    };
  }

  #reconnect(): void {
    // One that is not ready is being made anew already.
    if (this.#isClosed || !this.#client.isReady) return;
    this.#client.destroy();
    this.#lose(new Error('Redis has fallen silent.'));
    this.#client.connect().catch(() => undefined);
  }

  /** Where it was this process that stood still, what it waits for may be there and has yet to be read: it gets as long again. */
  #afterAtLeast(ms: number, run: () => void): Cancel {
    const { clock } = this.#options;
    const dueMs = clock.monotonic() + ms;
    let cancel = clock.after(ms, () => {
      const lateMs = clock.monotonic() - dueMs;
      cancel = clock.after(Math.max(1, Math.min(lateMs, ms)), run);
    });
    return () => cancel();
  }

  #timed<T>(send: Send<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const giveUp = (): void => {
        isLate = true;
        this.#figures.timeouts += 1;
        const cause = new Error('Redis did not answer in time.');
        this.#noteFailure(cause);
        reject(cause);
      };
      const cancel = this.#afterAtLeast(this.#options.timeoutMs(), giveUp);
      send(this.#client).then(
        (value) => {
          cancel();
          if (isLate) return;
          this.#failuresInARow = 0;
          resolve(value);
        },
        (cause: Error) => {
          cancel();
          if (isLate) return;
          this.#figures.failures += 1;
          this.#noteFailure(cause);
          reject(cause);
        },
      );
    });
  }

  #noteFailure(cause: unknown): void {
    this.#failuresInARow += 1;
    if (this.#failuresInARow < MAX_FAILURES || !this.#isUp) return;
    this.#checksNeeded = GOOD_CHECKS;
    this.#lose(cause);
  }

  #lose(cause: unknown): void {
    this.#goodChecks = 0;
    const isNews = this.#isUp || !this.#wasUp;
    this.#wasUp = true;
    if (this.#isUp) {
      this.#isUp = false;
      this.#figures.losses += 1;
      this.#checkLater(RECHECK_EVERY_MS);
    }
    if (isNews && !this.#isClosed) this.#options.onError(cause);
  }

  #checkLater(ms: number): void {
    this.#cancelCheck?.();
    if (this.#isClosed) return;
    this.#cancelCheck = this.#options.clock.after(ms, () => this.#checkNow());
  }

  #checkNow(): void {
    if (this.#isChecking || this.#isClosed || !this.#check) return;
    this.#isChecking = true;
    this.#check()
      .then(
        () => this.#pass(),
        () => (this.#goodChecks = 0),
      )
      .finally(() => {
        this.#isChecking = false;
        this.#checkLater(this.#isUp ? CHECK_EVERY_MS : RECHECK_EVERY_MS);
      });
  }

  #pass(): void {
    if (this.#isUp || this.#isClosed || !this.#client.isReady) return;
    this.#goodChecks += 1;
    if (this.#goodChecks < this.#checksNeeded) return;
    this.#isUp = this.#wasUp = true;
    this.#checksNeeded = 1;
    this.#failuresInARow = 0;
    this.#onUp?.();
  }
}

function connect({ url, random }: RedisLinkOptions) {
  return createClient({ ...connectionOptions(random), url });
}

function unreachable(): Error {
  return gatewayError('storage_unavailable', { message: 'Redis cannot be reached.' });
}
