import { createHash } from 'node:crypto';
import { keepKnown, readCatalogue, readSnapshot } from '@sluice/catalogue';
import type { CatalogueData, CatalogueSourceSettings } from '@sluice/catalogue';
import type { Cancel, Clock } from '@sluice/contract';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { redactSecrets } from '@sluice/toolkit';
import { fetchCatalogue, sourceName } from './fetch-catalogue.js';
import type { CataloguePlace } from './fetch-catalogue.js';
import { keep, readKept } from './kept-catalogue.js';

export interface LiveCatalogueDeps extends CataloguePlace {
  /** Where the last good one is kept. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Pick<ProcessTelemetry['log'], 'info' | 'warn' | 'error'>;
  /** Whether the configuration that serves has this one; false for one whose source was replaced while requests end. */
  readonly isInForce: () => boolean;
  /** Told when another one is in force. Must not throw. */
  readonly onChange: () => void;
  readonly onFailure: () => void;
}

/** Where a gateway stands with its catalogue. */
export interface CatalogueState {
  /** Names what is in force; made from it. */
  readonly version: string;
  /** Nothing for the one that comes with the gateway. */
  readonly source: string | undefined;
  readonly models: number;
  /** Of them, those that the source has no more. */
  readonly gone: number;
  /** When the source last had what is in force. */
  readonly confirmedAtMs?: number;
  /** The last attempt, where it failed. */
  readonly failure?: { readonly atMs: number; readonly reason: string };
}
export type RefreshResult =
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly reason: string };

interface InForce {
  readonly data: CatalogueData;
  readonly version: string;
  readonly models: number;
  readonly gone: number;
  /** Absent for the one that comes with the gateway. */
  readonly source?: string;
}

/**
 * The catalogue of a configuration: the one that comes with the gateway, or the last good one of its source, which is read
 * again and again until `stop`. Whatever the source has instead of a plausible catalogue changes nothing and is told.
 */
export class LiveCatalogue {
  readonly #settings: CatalogueSourceSettings | undefined;
  readonly #deps: LiveCatalogueDeps;
  readonly #ended = new AbortController();
  #inForce: InForce;
  #confirmedAtMs: number | undefined;
  #failure: CatalogueState['failure'];
  #cancel: Cancel | undefined;
  #running: Promise<RefreshResult> | undefined;

  constructor(settings: CatalogueSourceSettings | undefined, deps: LiveCatalogueDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#inForce = toInForce(readSnapshot());
    if (settings) {
      this.#takeKept(settings);
      this.#cancel = deps.clock.after(0, () => void this.#turn(settings.every));
    }
  }

  get data(): CatalogueData {
    return this.#inForce.data;
  }

  get state(): CatalogueState {
    const { version, models, gone, source } = this.#inForce;
    return {
      ...{ version, models, gone, source },
      ...(this.#confirmedAtMs !== undefined && { confirmedAtMs: this.#confirmedAtMs }),
      ...(this.#failure && { failure: this.#failure }),
    };
  }

  /** Nothing where there is no source. Who asks while it is read shares what comes of it, unless prices may be any. */
  async refresh({ anyPrice = false }: { readonly anyPrice?: boolean } = {}): Promise<RefreshResult | undefined> {
    const settings = this.#settings;
    if (!settings) return undefined;
    if (anyPrice) await this.#running;
    this.#running ??= this.#read(settings, anyPrice).finally(() => (this.#running = undefined));
    return this.#running;
  }

  stop(): void {
    this.#cancel?.();
    this.#ended.abort();
  }

  async #turn(everyMs: number): Promise<void> {
    await this.refresh();
    if (!this.#ended.signal.aborted) this.#cancel = this.#deps.clock.after(everyMs, () => void this.#turn(everyMs));
  }

  async #read(settings: CatalogueSourceSettings, anyPrice: boolean): Promise<RefreshResult> {
    const { signal } = this.#ended;
    if (!this.#deps.isInForce()) return REPLACED;
    const fetched = await fetchCatalogue(settings, this.#deps, signal);
    // What it would keep now would take the place of what the other source has.
    if (signal.aborted || !this.#deps.isInForce()) return REPLACED;
    const maxPriceFactor = anyPrice ? undefined : settings.maxPriceFactor;
    const read = fetched.ok ? readCatalogue(fetched.text, { known: this.data, maxPriceFactor }) : fetched;
    if (!read.ok) return this.#fail(read.reason);
    // Who still uses what the source has no more pays for it.
    const next = toInForce(keepKnown(read.data, this.data), sourceName(settings));
    const changed = next.version !== this.#inForce.version;
    this.#failure = undefined;
    this.#confirmedAtMs = this.#deps.clock.now();
    this.#keep(settings, JSON.stringify(next.data));
    this.#inForce = changed ? next : { ...next, data: this.data };
    if (changed) {
      this.#deps.log.info('catalogue taken', {
        ...{ version: next.version, source: next.source, models: next.models, gone: next.gone },
      });
      this.#deps.onChange();
    }
    return { ok: true, changed };
  }

  #fail(why: string): RefreshResult {
    const reason = redactSecrets(why);
    this.#failure = { atMs: this.#deps.clock.now(), reason };
    this.#deps.log.warn('catalogue not taken; the last good one stays', { reason, version: this.#inForce.version });
    this.#deps.onFailure();
    return { ok: false, reason };
  }

  /** What cannot be kept is in force all the same, until the process ends. */
  #keep(settings: CatalogueSourceSettings, text: string): void {
    try {
      keep(this.#deps.folder, settings, { takenAtMs: this.#confirmedAtMs ?? 0, text });
    } catch (cause) {
      this.#deps.log.error('catalogue not kept', { err: cause });
    }
  }

  #takeKept(settings: CatalogueSourceSettings): void {
    const kept = readKept(this.#deps.folder, settings, this.data);
    if (!kept) return;
    if (!kept.ok) return void this.#fail(`the one that was kept is not fine: ${kept.reason}`);
    this.#inForce = toInForce(kept.data, sourceName(settings));
    this.#confirmedAtMs = kept.takenAtMs;
  }
}

const REPLACED = { ok: false, reason: 'another source took its place' } as const;
const VERSION_CHARS = 16;

function toInForce(data: CatalogueData, source?: string): InForce {
  const version = createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, VERSION_CHARS);
  const models = countNames(data.models);
  const gone = countNames(data.models.filter((model) => model.gone));
  return { data, version, models, gone, ...(source !== undefined && { source }) };
}

function countNames(models: CatalogueData['models']): number {
  const counts = models.flatMap(({ at }) => Object.values(at).map((named) => named.length));
  return counts.reduce((sum, count) => sum + count, 0);
}
