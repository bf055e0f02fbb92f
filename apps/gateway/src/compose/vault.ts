import type { SettingRepository } from '@sluice/contract';
import type { ProcessLog } from '@sluice/telemetry';
import { createScrubber } from '@sluice/toolkit';
import type { Followers } from '../audit/followers.js';
import { ProviderKeys } from '../provider-keys/provider-keys.js';
import { systemClock } from '../system-clock.js';
import type { IdentitySecrets } from './identity.js';

/** Providers have few keys each; one that rotates several times an hour is still known for days. */
const MOST_SECRETS = 10_000;

/** The secrets of a gateway: what it opens with, and those of its providers as they are read. */
export class Vault {
  readonly #scrubber = createScrubber(MOST_SECRETS);
  readonly #root: string;
  #keys: ProviderKeys | undefined;

  constructor({ adminKey, keyPepper }: IdentitySecrets) {
    this.#root = keyPepper;
    for (const secret of [adminKey, keyPepper]) this.#scrubber.learn(secret);
  }

  /** A text without any piece of a secret that is known by now. */
  readonly scrub = (text: string): string => this.#scrubber.scrub(text);

  readonly learn = (secret: string): void => this.#scrubber.learn(secret);

  /** From now on keys of the database go before those of the file. Throws what the repository throws. */
  open(settings: SettingRepository, log: Pick<ProcessLog, 'error'>, followers: Followers): void {
    const keys = new ProviderKeys({
      settings,
      clock: systemClock,
      follow: followers.run,
      secret: this.#root,
      learn: this.learn,
      onUnreadable: (provider) => log.error('sealed key cannot be opened; the key of the file is used', { provider }),
    });
    followers.onNews(() => keys.refresh());
    this.#keys = keys;
  }

  /** The key of a provider that was set at run time. */
  readonly get = (provider: string, number: number): string | undefined => this.#keys?.get(provider, number);

  /** Where keys are set; the state is open. */
  get keys(): ProviderKeys {
    if (!this.#keys) throw new Error('The keys of the database are not open yet.');
    return this.#keys;
  }
}
