import { randomBytes } from 'node:crypto';
import type { Clock, SettingRecord, SettingRepository } from '@sluice/contract';
import { createSealer } from '@sluice/toolkit';
import type { Sealer } from '@sluice/toolkit';
import type { Followers } from '../audit/followers.js';
import { SettingsWatch } from '../settings-watch.js';

const KIND = 'provider-key';

export interface ProviderKeysDeps {
  readonly settings: SettingRepository;
  readonly clock: Clock;
  /** Runs what is to follow a change. */
  readonly follow: Followers['run'];
  /** The data directory's secret, of which the key that seals comes. */
  readonly secret: string;
  /** Hears of every key that can be used. */
  learn(key: string): void;
  /** Hears of a key that cannot be opened, once for each reading. */
  onUnreadable(name: string): void;
}

/** A key that was set at run time, as it may be shown. */
export interface SetKey {
  readonly last4: string;
  readonly changedAtMs: number;
}
interface OpenKey extends SetKey {
  readonly key: string;
}

/**
 * Keys of providers that operators set while gateways run. In the database they are sealed for this purpose and for the name
 * that they belong to. A change by another process counts within a second; while the database cannot be read, what was read
 * last goes on.
 */
export class ProviderKeys {
  readonly #deps: ProviderKeysDeps;
  readonly #sealer: Sealer;
  readonly #watch: SettingsWatch;
  #keys: ReadonlyMap<string, OpenKey> = new Map();

  /** Throws what the repository throws. */
  constructor(deps: ProviderKeysDeps) {
    this.#deps = deps;
    this.#sealer = createSealer({ root: deps.secret, purpose: KIND, random: randomBytes });
    this.#watch = new SettingsWatch(deps, () => this.#read());
  }

  /** The key of a provider, by its number in the pool; nothing where the file's counts. */
  get(provider: string, number: number): string | undefined {
    this.#watch.keepFresh();
    return this.#keys.size === 0 ? undefined : this.#keys.get(nameOf(provider, number))?.key;
  }

  /** Reads now what another process has changed. Throws what the repository throws. */
  refresh(): void {
    this.#watch.refresh();
  }

  /** As the database has it, also in the middle of a change. */
  show(provider: string, number: number): SetKey | undefined {
    const record = this.#deps.settings.find(KIND, nameOf(provider, number));
    const found = record && this.#open(record);
    return found && { last4: found.last4, changedAtMs: found.changedAtMs };
  }

  /** Wins over the file from now on. */
  set(provider: string, number: number, key: string): void {
    const name = nameOf(provider, number);
    const value = { sealed: this.#sealer.seal(key, name), last4: key.slice(-4) };
    this.#deps.settings.put({ kind: KIND, name, value, changedAtMs: this.#deps.clock.now() });
    this.#deps.follow(() => this.#watch.refresh());
  }

  /** The file's counts again. */
  reset(provider: string, number: number): void {
    this.#deps.settings.delete(KIND, nameOf(provider, number));
    this.#deps.follow(() => this.#watch.refresh());
  }

  #read(): void {
    const keys = new Map<string, OpenKey>();
    for (const record of this.#deps.settings.list(KIND)) {
      const open = this.#open(record);
      if (!open) {
        this.#deps.onUnreadable(record.name);
        continue;
      }
      this.#deps.learn(open.key);
      keys.set(record.name, open);
    }
    this.#keys = keys;
  }

  /** Nothing for a key that cannot be opened. */
  #open({ name, value, changedAtMs }: SettingRecord): OpenKey | undefined {
    const key = typeof value['sealed'] === 'string' ? this.#sealer.open(value['sealed'], name) : undefined;
    return key === undefined ? undefined : { key, last4: key.slice(-4), changedAtMs };
  }
}

function nameOf(provider: string, number: number): string {
  return `${provider}#${number}`;
}
