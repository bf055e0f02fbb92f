import type { Clock } from '@sluice/contract';
import { untilAborted } from './until-aborted.js';

/** What opens an API for a while, in place of a key. */
export interface AccessToken {
  /** The headers that a call carries it in. */
  readonly headers: Readonly<Record<string, string>>;
  readonly lifetimeMs: number;
}
/** Asks for a token. Rejects with an error of the table where there is none to be had. */
export type MintAccessToken = (signal: AbortSignal) => Promise<AccessToken>;

/**
 * How long before its end a token is replaced. Google's metadata server gives out the same one until five minutes before
 * its end, so that asking earlier would be in vain. https://docs.cloud.google.com/compute/docs/access/authenticate-workloads
 */
const MARGIN_MS = 240_000;
/** Of a token that lives shortly, the last fifth. */
const MARGIN_SHARE = 0.2;
/** A token younger than this is not replaced because it was refused: a new one would be refused as well. */
const GRACE_MS = 30_000;

interface Held {
  readonly headers: AccessToken['headers'];
  readonly mintedMs: number;
  readonly replaceMs: number;
  readonly endsMs: number;
}

interface Minting {
  readonly held: Promise<Held>;
  readonly controller: AbortController;
  waiters: number;
}

/** Keeps a token until shortly before its end. Whoever needs one while it is being asked for waits for the same answer. */
export class AccessTokenSource {
  readonly #mint: MintAccessToken;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #held: Held | undefined;
  #minting: Minting | undefined;

  constructor(mint: MintAccessToken, clock: Pick<Clock, 'monotonic'>) {
    this.#mint = mint;
    this.#clock = clock;
  }

  /** The headers of a token. Rejects with the reason of the signal, or with why there is none. */
  async headers(signal: AbortSignal): Promise<AccessToken['headers']> {
    const held = this.#held;
    if (held && this.#clock.monotonic() < held.replaceMs) return held.headers;
    try {
      return (await this.#join(signal)).headers;
    } catch (error) {
      // An endpoint out of order is no reason not to use a token that is still good.
      if (held && this.#held === held && !signal.aborted && this.#clock.monotonic() < held.endsMs) return held.headers;
      throw error;
    }
  }

  /** The token was refused: the next call asks for another. */
  refuse(): void {
    if (this.#held && this.#clock.monotonic() - this.#held.mintedMs >= GRACE_MS) this.#held = undefined;
  }

  async #join(signal: AbortSignal): Promise<Held> {
    signal.throwIfAborted();
    const minting = (this.#minting ??= this.#start());
    minting.waiters += 1;
    try {
      return await untilAborted(minting.held, signal);
    } finally {
      minting.waiters -= 1;
      if (minting.waiters === 0) this.#end(minting);
    }
  }

  #start(): Minting {
    const controller = new AbortController();
    return { held: this.#ask(controller.signal), controller, waiters: 0 };
  }

  async #ask(signal: AbortSignal): Promise<Held> {
    const { headers, lifetimeMs } = await this.#mint(signal);
    const mintedMs = this.#clock.monotonic();
    const endsMs = mintedMs + lifetimeMs;
    const held = { headers, mintedMs, replaceMs: endsMs - Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE), endsMs };
    this.#held = held;
    return held;
  }

  /** Nobody waits any more: what is still asked for is given up. */
  #end(minting: Minting): void {
    if (this.#minting === minting) this.#minting = undefined;
    minting.controller.abort();
  }
}
