import type { Clock, SettingRepository } from '@sluice/contract';
import type { Followers } from '../audit/followers.js';
import { SettingsWatch } from '../settings-watch.js';
import { createCorsPolicy } from './policy.js';
import type { CorsPolicy } from './policy.js';
import type { CorsEnvironment, CorsPolicySettings, CorsSettings } from './settings.js';

const KIND = 'cors';
export interface LiveCorsDeps {
  readonly settings: SettingRepository;
  readonly clock: Clock;
  readonly environment: CorsEnvironment;
  /** Runs what is to follow a change. */
  readonly follow: Followers['run'];
  /** `cors:` of the configuration of the moment. */
  file(): CorsSettings | undefined;
}

/** The policy that counts, and where it comes from. */
export interface CurrentCors {
  readonly source: 'database' | 'file' | 'none';
  readonly policy?: CorsPolicySettings;
  readonly changedAtMs?: number;
}

interface Compiled {
  readonly settings: CorsPolicySettings;
  readonly policy: CorsPolicy;
}

interface Stored extends Compiled {
  readonly changedAtMs: number;
}

/**
 * The policy of one environment: the one of the database, which operators change at run time, else the file's. A change by
 * another process counts within a second. While the database cannot be read, what was read last goes on.
 */
export class LiveCors {
  readonly #deps: LiveCorsDeps;
  #stored: Stored | undefined;
  #fromFile: Compiled | undefined;
  readonly #watch: SettingsWatch;

  /** Throws what the repository throws. */
  constructor(deps: LiveCorsDeps) {
    this.#deps = deps;
    this.#watch = new SettingsWatch(deps, () => (this.#stored = this.#load()));
  }

  get environment(): CorsEnvironment {
    return this.#deps.environment;
  }

  /** Whether there is a policy, as far as is known; it asks nobody. */
  get isOn(): boolean {
    return this.#stored !== undefined || this.#deps.file() !== undefined;
  }

  /** The policy that counts now; nothing where none was ever set. */
  policy(): CorsPolicy | undefined {
    this.#watch.keepFresh();
    return (this.#stored ?? this.#compiledFile())?.policy;
  }

  /** Reads now what another process has changed. Throws what the repository throws. */
  refresh(): void {
    this.#watch.refresh();
  }

  /** As the database has it, also in the middle of a change. */
  current(): CurrentCors {
    const stored = this.#load();
    if (stored) {
      const { settings, changedAtMs } = stored;
      return { source: 'database', policy: settings, changedAtMs };
    }
    const file = this.#compiledFile();
    return file ? { source: 'file', policy: file.settings } : { source: 'none' };
  }

  /** Wins over the file from now on. */
  set(policy: CorsPolicySettings): void {
    const { settings, clock, environment, follow } = this.#deps;
    const value = { origins: [...policy.origins], credentials: policy.credentials };
    settings.put({ kind: KIND, name: environment, value, changedAtMs: clock.now() });
    follow(() => this.#watch.refresh());
  }

  /** The file's policy counts again. */
  reset(): void {
    const { settings, environment, follow } = this.#deps;
    settings.delete(KIND, environment);
    follow(() => this.#watch.refresh());
  }

  #load(): Stored | undefined {
    const { settings, environment } = this.#deps;
    const record = settings.find(KIND, environment);
    // It passed the checks of the admin API before it was stored.
    const stored = record && compile(record.value as unknown as CorsPolicySettings);
    return stored && { ...stored, changedAtMs: record.changedAtMs };
  }

  #compiledFile(): Compiled | undefined {
    const settings = this.#deps.file()?.[this.#deps.environment];
    if (settings !== this.#fromFile?.settings) this.#fromFile = settings && compile(settings);
    return this.#fromFile;
  }
}

function compile(settings: CorsPolicySettings): Compiled {
  return { settings, policy: createCorsPolicy(settings) };
}
