import { dirname } from 'node:path';
import type { Transport } from '@sluice/contract';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { resourceKey } from '@sluice/core';
import type { Config } from '../config/schema.js';
import { LiveCatalogue } from '../prices/live-catalogue.js';
import { systemClock } from '../system-clock.js';
import type { Holding } from './holding.js';

/** What stays of catalogues whatever configuration names them. */
export interface CatalogueControl {
  readonly folder: string;
  readonly cwd: string;
  /** How often something was not taken. */
  failures: number;
  /** Told when another catalogue is in force. */
  onChange: () => void;
  /** The one of the configuration that serves; nothing before there is one. */
  current: () => LiveCatalogue | undefined;
}

export function createCatalogueControl(databasePath: string, cwd: string): CatalogueControl {
  return {
    ...{ folder: dirname(databasePath), cwd, failures: 0 },
    ...{ onChange: () => undefined, current: () => undefined },
  };
}

const WITHIN_MS = 30_000;

export interface CatalogueParts {
  readonly catalogue: CatalogueControl;
  readonly transport: Transport;
  readonly telemetry: Pick<ProcessTelemetry, 'log'>;
}

/** It goes on through every reload that leaves its source as it was. */
export function takeCatalogue(
  { catalogue: { source } }: Pick<Config, 'catalogue'>,
  holding: Holding,
  { catalogue: control, transport, telemetry: { log } }: CatalogueParts,
): LiveCatalogue {
  return holding.take(resourceKey('catalogue', source ?? {}), () => {
    const value: LiveCatalogue = new LiveCatalogue(source, {
      ...{ folder: control.folder, cwd: control.cwd, withinMs: WITHIN_MS, clock: systemClock, transport, log },
      isInForce: () => (control.current() ?? value) === value,
      onChange: () => control.onChange(),
      onFailure: () => (control.failures += 1),
    });
    return { value, dispose: () => value.stop() };
  });
}

/** How the catalogue in force fares, as figures. */
export function showCatalogue(
  telemetry: Pick<ProcessTelemetry, 'gauge' | 'counter'>,
  control: Pick<CatalogueControl, 'failures'>,
  current: () => LiveCatalogue,
): void {
  telemetry.counter(
    'sluice_catalogue_refresh_failed_total',
    'Catalogues of a source that were not taken.',
    () => control.failures,
  );
  telemetry.gauge('sluice_catalogue_refresh_ok', 'Whether the last attempt to refresh the catalogue was good.', () =>
    current().state.failure ? 0 : 1,
  );
  telemetry.gauge(
    'sluice_catalogue_age_seconds',
    'How long ago the source had the catalogue that is in force; 0 where there is no source.',
    () => {
      const { confirmedAtMs } = current().state;
      return confirmedAtMs === undefined ? 0 : Math.max(0, systemClock.now() - confirmedAtMs) / 1_000;
    },
  );
}
