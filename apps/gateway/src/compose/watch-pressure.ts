import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
// eslint-disable-next-line no-restricted-imports -- a process that was started without a flag has no other way to the collector
import { runInNewContext } from 'node:vm';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { ShedSettings } from '../config/server-settings.js';
import { Pressure } from '../health/pressure.js';
import type { Heap } from '../health/pressure.js';
import { systemClock } from '../system-clock.js';

/** The pressure that this process is under, and its figures. */
export function watchPressure({ gauge, counter }: ProcessTelemetry, settings: () => ShedSettings): Pressure {
  const pressure = new Pressure({ clock: systemClock, readHeap, collectGarbage, settings });
  gauge('sluice_shedding', '1 while calls are refused because the process has too much to do.', () =>
    pressure.isShedding ? 1 : 0,
  );
  counter(
    'sluice_shed_requests_total',
    'Calls refused because the process had too much to do.',
    () => pressure.refused,
  );
  return pressure;
}

/** Once, and nothing more: the inspector's way of asking collects again and again while there is anything left to find. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

/** What V8 sets aside for young objects: three times the largest half of their space, 64 MiB unless a flag says otherwise. */
const YOUNG_BYTES = 3 * semiSpaceMib([...process.execArgv, process.env['NODE_OPTIONS'] ?? '']) * 1_048_576;

function semiSpaceMib(flags: readonly string[]): number {
  return Number(/--max[-_]semi[-_]space[-_]size=(\d+)/.exec(flags.join(' '))?.[1] ?? 64);
}

/** Of the old objects alone: the process ends when their space is full, however much is left for young ones. */
function readHeap(): Heap {
  let usedBytes = 0;
  for (const { space_name: name, space_used_size: size } of getHeapSpaceStatistics()) {
    if (!name.startsWith('new_')) usedBytes += size;
  }
  return { usedBytes, limitBytes: getHeapStatistics().heap_size_limit - YOUNG_BYTES };
}
