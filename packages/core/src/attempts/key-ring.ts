import type { CircuitNames, Circuits, Permit, Provider, Slots } from '@sluice/contract';
import type { Rests } from './rests.js';

/** One key at one target. */
export interface Account {
  /** Its place in the provider's pool; absent where there is one key. */
  readonly key?: number;
  /** Signs with this key. */
  readonly provider: Provider;
  /** By its number, for the key itself is nobody's business. */
  readonly names: CircuitNames;
  /** Name of its rest at this target. */
  readonly restName: string;
}

/** A key that may be asked with, by leave of its circuits. */
export interface Admitted {
  readonly account: Account;
  readonly permit: Permit;
}

/** Whose turn it is, at all targets of a provider. */
export interface Turn {
  next: number;
}

/** What stands in the way of asking: circuits, rests, and want of places. */
export interface Obstacles {
  readonly circuits: Circuits;
  readonly rests: Rests;
  /** Absent = no target is bounded. */
  readonly slots?: Slots | undefined;
}

/**
 * What a request may be let through in spite of, which has nobody else to ask: of an open circuit of the target only, or
 * of one of the key too.
 */
export type Spite = 'nothing' | 'target' | 'target-and-key';

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
    const isPool = providers.length > 1;
    this.#accounts = providers.map((provider, key) => ({
      ...(isPool ? { key } : {}),
      provider,
      names: { target: circuit, key: `${name}#${key}`, keyAtTarget: `${circuit}#${key}` },
      restName: isPool ? `${circuit}#${key}` : circuit,
    }));
  }

  /** The key whose turn it is, of those that neither rest nor are kept back by a circuit. */
  admit(obstacles: Obstacles, spite: Spite = 'nothing'): Admitted | undefined {
    const admitted = this.#first(obstacles, spite === 'nothing' ? 'nothing' : 'target');
    // One that is in good order goes before one that is not.
    return admitted ?? (spite === 'target-and-key' ? this.#first(obstacles, spite) : undefined);
  }

  /** Milliseconds until a key has rested; 0 where one has. */
  restMs(rests: Rests): number {
    if (!rests.any) return 0;
    return Math.min(...this.#accounts.map(({ restName }) => rests.leftMs(restName)));
  }

  /** Milliseconds until a key is free; 0 where one is. */
  waitMs({ rests, circuits }: Obstacles): number {
    const waits = this.#accounts.map(({ restName, names }) =>
      Math.max(rests.leftMs(restName), circuits.keyRetryAfterMs(names)),
    );
    return Math.min(...waits);
  }

  #first({ rests, circuits }: Obstacles, spite: Spite): Admitted | undefined {
    const accounts = this.#accounts;
    const turn = this.#turn;
    for (let i = 0; i < accounts.length; i += 1) {
      const account = accounts[(turn.next + i) % accounts.length] as Account;
      if (rests.any && rests.leftMs(account.restName) > 0) continue;
      if (spite === 'target' && circuits.keyRetryAfterMs(account.names) > 0) continue;
      const permit = circuits.admit(account.names, spite !== 'nothing');
      if (!permit) continue;
      if (accounts.length > 1) turn.next = (turn.next + i + 1) % accounts.length;
      return { account, permit };
    }
    return undefined;
  }
}
