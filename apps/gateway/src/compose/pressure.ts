import { Session } from 'node:inspector';
import { getHeapStatistics } from 'node:v8';
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

/** A process can ask for it only through its own inspector, unless it was started with a flag. */
function collectGarbage(): void {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.collectGarbage', () => session.disconnect());
}

function readHeap(): Heap {
  const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
  return { usedBytes, limitBytes };
}
