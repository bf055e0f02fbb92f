import type { CircuitNames, GatewayError, Permit } from '@sluice/contract';
import type { Circuit, Entry, Verdict } from './circuit.js';
import { faultOf } from './fault-of.js';
import type { KeyCircuits, KeyEntry } from './key-circuits.js';

/** What a permit was given for. */
export interface Admitted {
  readonly circuit: Circuit;
  readonly entry: Entry;
  readonly names: CircuitNames;
  readonly keys: KeyCircuits;
}

const NO_ENTRIES: readonly KeyEntry[] = [];

/** One request's way through the circuit of its target and those of its key. */
export class CircuitPermit implements Permit {
  readonly #circuit: Circuit;
  readonly isProbe: boolean;
  #entry: Entry;
  #stamp: number;
  readonly #names: CircuitNames;
  readonly #keys: KeyCircuits;
  /** Of the circuits of its key, those that were not closed. */
  #keyEntries: readonly KeyEntry[];
  #isSettled = false;

  constructor({ circuit, entry, names, keys }: Admitted, keyEntries: readonly KeyEntry[]) {
    this.#circuit = circuit;
    this.#entry = entry;
    this.#stamp = circuit.stampOf(entry);
    this.#names = names;
    this.#keys = keys;
    this.#keyEntries = keyEntries;
    this.isProbe = entry !== 'closed' || keyEntries.length > 0;
  }

  /** Who came through in spite of an open circuit keeps nobody from it, and has told nothing before the end. */
  begin(): void {
    if (this.#isSettled || !this.isProbe) return;
    if (this.#entry === 'probe') {
      this.#stamp = this.#circuit.begin(this.#stamp);
      this.#entry = 'closed';
    }
    for (const { circuit, entry, stamp } of this.#keyEntries) circuit.leave(entry, stamp, 'succeeded');
    this.#keyEntries = NO_ENTRIES;
  }

  succeed(): void {
    this.#settle('succeeded', 'succeeded');
  }

  fail(error: GatewayError): void {
    const fault = faultOf(error);
    if (fault === undefined) return this.forget();
    if (fault === 'target') return this.#settle('failed', undefined);
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#circuit.leave(this.#entry, this.#stamp, undefined);
    this.#keys.fail(fault === 'key' ? this.#names.key : this.#names.keyAtTarget, error, this.#keyEntries);
  }

  forget(): void {
    this.#settle(undefined, undefined);
  }

  #settle(target: Verdict | undefined, key: Verdict | undefined): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#circuit.leave(this.#entry, this.#stamp, target);
    for (const { circuit, entry: way, stamp } of this.#keyEntries) circuit.leave(way, stamp, key);
  }
}
