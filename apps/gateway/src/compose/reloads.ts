import { gatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import { stableHash } from '@sluice/core';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { redactSecrets } from '@sluice/toolkit';
import { needingRestart } from '../config/fixed-settings.js';
import { problemLine } from '../config/problem.js';
import type { ConfigProblem } from '../config/problem.js';
import type { Config } from '../config/schema.js';
import type { GatewayGeneration } from './build-generation.js';
import type { Generations } from './generations.js';

/** A configuration that was read anew, or what is wrong with it. */
export type LoadedAgain =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };
export type LoadAgain = () => Promise<LoadedAgain>;

/** How one attempt to change the configuration ended. */
export type ReloadResult =
  | {
      readonly ok: true;
      /** False where it was the one that serves already. */
      readonly changed: boolean;
      readonly version: string;
      /** Settings that only a restart brings about. */
      readonly restartNeeded: readonly string[];
    }
  | { readonly ok: false; readonly version: string; readonly problems: readonly ConfigProblem[] };

/** Where a gateway stands with its configuration. Nothing of it holds a value of the configuration. */
export interface ReloadStatus {
  readonly version: string;
  /** When this version began to serve. */
  readonly loadedAtMs: number;
  readonly restartNeeded: readonly string[];
  /** Versions that serve, or that requests in flight still read. */
  readonly generations: number;
  readonly reloads: { readonly changed: number; readonly failed: number };
  /** The last attempt, where it failed. */
  readonly failure?: { readonly atMs: number; readonly problems: readonly ConfigProblem[] };
}

export interface ReloadsDeps {
  readonly generations: Generations;
  readonly telemetry: ProcessTelemetry;
  readonly clock: Clock;
  /** Throws, and then holds nothing, where a checked configuration cannot be built. */
  readonly build: (config: Config) => GatewayGeneration;
  /** Absent where the configuration is a program's and not a file's. */
  readonly load?: LoadAgain | undefined;
}

/** Changes of the configuration: a good one serves at once, a bad one is told of and changes nothing. */
export class Reloads {
  readonly #deps: ReloadsDeps;
  readonly #started: Config;
  #loadedAtMs: number;
  #restartNeeded: readonly string[] = [];
  #failure: ReloadStatus['failure'];
  #changed = 0;
  #failed = 0;
  /** The load that runs, and the one that waits for its end. */
  #running: Promise<unknown> = Promise.resolve();
  #waiting: Promise<ReloadResult> | undefined;

  constructor(deps: ReloadsDeps) {
    this.#deps = deps;
    this.#started = deps.generations.current.config;
    this.#loadedAtMs = deps.clock.now();
    this.#registerFigures();
  }

  get status(): ReloadStatus {
    const { generations } = this.#deps;
    return {
      version: generations.current.snapshot.version,
      loadedAtMs: this.#loadedAtMs,
      restartNeeded: this.#restartNeeded,
      generations: generations.live,
      reloads: { changed: this.#changed, failed: this.#failed },
      ...(this.#failure ? { failure: this.#failure } : {}),
    };
  }

  /**
   * Loads again from where the configuration came from. One load at a time; who asks while one runs gets the one after
   * it, for the file may have changed since. Rejects with `invalid_value` where there is no file.
   */
  reload(): Promise<ReloadResult> {
    const { load } = this.#deps;
    if (!load) {
      const message = "This gateway's configuration is its program's: there is no file to load it from.";
      return Promise.reject(gatewayError('invalid_value', { message }));
    }
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined;
      const result = this.#loadOnce(load);
      this.#running = result;
      return result;
    });
    return this.#waiting;
  }

  /** Serves a configuration that has passed its checks. Never throws. */
  apply(config: Config): ReloadResult {
    const { generations, build } = this.#deps;
    const { version } = generations.current.snapshot;
    if (stableHash(config) === version) return this.#succeed(config, false);
    let next: GatewayGeneration;
    try {
      next = build(config);
    } catch (cause) {
      return this.fail([{ path: 'top level', reason: cause instanceof Error ? cause.message : 'it cannot be built' }]);
    }
    generations.swap(next);
    // Nobody waits for the lists of new providers.
    void next.refreshLists();
    this.#changed += 1;
    this.#loadedAtMs = this.#deps.clock.now();
    this.#deps.telemetry.setLevel(config.telemetry.logs.level);
    return this.#succeed(config, true);
  }

  /**
   * Serves the same configuration, built anew from what it rests on. Requests that read the one before are left to their
   * end, for nothing that their operator said has changed. Never throws.
   */
  rebuild(): void {
    const { generations, build, telemetry } = this.#deps;
    try {
      const next = build(generations.current.config);
      generations.swap(next, { isPatient: true });
      void next.refreshLists();
    } catch (cause) {
      telemetry.log.error('internal error', { err: cause });
    }
  }

  /** Takes note of a configuration that cannot serve. */
  fail(problems: readonly ConfigProblem[]): ReloadResult {
    const { generations, clock, telemetry } = this.#deps;
    const { version } = generations.current.snapshot;
    const told = tell(problems);
    this.#failed += 1;
    this.#failure = { atMs: clock.now(), problems: told };
    telemetry.log.error('configuration refused', { version, problems: told.map(problemLine) });
    return { ok: false, version, problems: told };
  }

  #succeed(config: Config, changed: boolean): ReloadResult {
    const { generations, telemetry } = this.#deps;
    const { version } = generations.current.snapshot;
    const restartNeeded = needingRestart(this.#started, config);
    this.#failure = undefined;
    this.#restartNeeded = restartNeeded;
    telemetry.log.info(changed ? 'configuration loaded' : 'configuration unchanged', { version });
    if (restartNeeded.length > 0) telemetry.log.warn('settings that need a restart', { settings: restartNeeded });
    return { ok: true, changed, version, restartNeeded };
  }

  async #loadOnce(load: LoadAgain): Promise<ReloadResult> {
    try {
      const loaded = await load();
      return loaded.ok ? this.apply(loaded.config) : this.fail(loaded.problems);
    } catch (cause) {
      return this.fail([{ path: 'top level', reason: cause instanceof Error ? cause.message : 'it cannot be loaded' }]);
    }
  }

  #registerFigures(): void {
    const { telemetry, generations } = this.#deps;
    telemetry.gauge('sluice_config_reload_ok', 'Whether the last change of the configuration was good.', () =>
      this.#failure ? 0 : 1,
    );
    telemetry.counter('sluice_config_reload_failed_total', 'Configurations that were refused.', () => this.#failed);
    telemetry.counter('sluice_config_reload_total', 'Configurations that came to serve.', () => this.#changed);
    telemetry.gauge('sluice_config_generations', 'Configurations that requests read.', () => generations.live);
  }
}

const MOST_TOLD = 20;

/** What may be shown: not without end, and nothing that looks like a credential, should one stand where a name belongs. */
function tell(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const told = problems.slice(0, MOST_TOLD).map(({ path, reason }) => ({
    path: redactSecrets(path),
    reason: redactSecrets(reason),
  }));
  const more = problems.length - told.length;
  return more > 0 ? [...told, { path: 'top level', reason: `and ${more} more problems` }] : told;
}
