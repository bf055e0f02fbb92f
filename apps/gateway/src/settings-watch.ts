import type { Clock, SettingRepository } from '@sluice/contract';

/** How often the database is asked whether it changed: well under the second in which a change has to hold. */
const CHECK_EVERY_MS = 200;

export interface SettingsWatchDeps {
  readonly settings: Pick<SettingRepository, 'version'>;
  readonly clock: Clock;
}

/** Sees that whatever process changed what operators set at run time. */
export class SettingsWatch {
  readonly #deps: SettingsWatchDeps;
  readonly #read: () => void;
  #version: number | undefined;
  #checkedAtMs = 0;

  /** Reads once; throws what the repository throws. */
  constructor(deps: SettingsWatchDeps, read: () => void) {
    this.#deps = deps;
    this.#read = read;
    this.refresh();
  }

  /** Reads anew where something changed. Throws what the repository throws. */
  refresh(): void {
    const { settings, clock } = this.#deps;
    this.#checkedAtMs = clock.monotonic();
    // The version first: a change between the two reads shows as a newer version at the next check.
    const version = settings.version();
    if (version === this.#version) return;
    this.#read();
    this.#version = version;
  }

  /** The same, where the last check is not of just now. While the database cannot be read, what was read last goes on. */
  keepFresh(): void {
    if (this.#deps.clock.monotonic() - this.#checkedAtMs < CHECK_EVERY_MS) return;
    try {
      this.refresh();
    } catch {
      // What serves was good when it was read; the next check tries again.
    }
  }
}
