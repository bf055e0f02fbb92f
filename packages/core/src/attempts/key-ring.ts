import type { Provider } from '@sluice/contract';
import type { Rests } from './rests.js';

/** One key at one target. */
export interface Account {
  /** Its place in the provider's pool; absent where there is one key. */
  readonly key?: number;
  /** Signs with this key. */
  readonly provider: Provider;
  /** Name of the rest of this key at every model: a number, for the key itself is nobody's business. */
  readonly keyName: string;
  /** Name of its rest at this target. */
  readonly restName: string;
}

/** Whose turn it is, at all targets of a provider. */
export interface Turn {
  next: number;
}

export interface KeyRingInit {
  /** The operator's name of the provider. */
  readonly name: string;
  /** Name of the target's circuit. */
  readonly circuit: string;
  /** One adapter for each key. */
  readonly providers: readonly Provider[];
  readonly turn: Turn;
}

/** The keys with which one target can be asked, each in its turn. */
export class KeyRing {
  readonly #accounts: readonly Account[];
  readonly #turn: Turn;

  constructor({ name, circuit, providers, turn }: KeyRingInit) {
    this.#turn = turn;
    this.#accounts =
      providers.length > 1
        ? providers.map((provider, key) => ({
            key,
            provider,
            keyName: `${name}#${key}`,
            restName: `${circuit}#${key}`,
          }))
        : providers.map((provider) => ({ provider, keyName: `${name}#0`, restName: circuit }));
  }

  /** The key whose turn it is, of those that do not rest. With `firmOnly`, rests that the gateway guessed do not count. */
  pick(rests: Rests, firmOnly = false): Account | undefined {
    const accounts = this.#accounts;
    const turn = this.#turn;
    for (let i = 0; i < accounts.length; i += 1) {
      const account = accounts[(turn.next + i) % accounts.length] as Account;
      if (rests.any && leftMs(account, rests, firmOnly) > 0) continue;
      if (accounts.length > 1) turn.next = (turn.next + i + 1) % accounts.length;
      return account;
    }
    return undefined;
  }

  /** Milliseconds until a key is free; 0 where one is. */
  waitMs(rests: Rests): number {
    if (!rests.any) return 0;
    return Math.min(...this.#accounts.map((account) => leftMs(account, rests, false)));
  }
}

function leftMs({ keyName, restName }: Account, rests: Rests, firmOnly: boolean): number {
  return Math.max(rests.leftMs(keyName, firmOnly), rests.leftMs(restName, firmOnly));
}
