import { Registry } from 'prom-client';
import type { Clock, Telemetry } from '@sluice/contract';
import { LineSink } from './line-sink.js';
import { readFamily } from './metric-families.js';
import type { Labels } from './metric-families.js';
import { createProcessLog } from './process-log.js';
import type { ProcessLog } from './process-log.js';
import { processMetrics } from './process-metrics.js';
import { requestLevel, requestLine } from './request-line.js';
import { createRequestMetrics } from './request-metrics.js';
import type { LogLevel, TelemetrySettings } from './settings.js';

const STDOUT = 1;
const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

export interface TelemetryDeps {
  readonly clock: Clock;
  /** Where lines go; standard output unless given. Stays the caller's to close. */
  readonly fd?: number;
  /** Takes secrets out of lines that are no request's. Default: what looks like one is blotted out. */
  readonly scrub?: (text: string) => string;
}

/** One figure, or one for each set of labels. */
export type ReadFigures = () => number | readonly (readonly [Labels, number])[];

/** Telemetry with all that only the process needs of it. */
export interface ProcessTelemetry extends Telemetry {
  readonly log: ProcessLog;
  /** The answer of `/metrics`; empty when metrics are off. Rejects when a gauge's reader throws. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Adds a gauge that is read at each scrape. Throws on a name that is taken. */
  gauge(name: string, help: string, read: ReadFigures): void;
  /** Adds a counter that is read at each scrape. Throws on a name that is taken. */
  counter(name: string, help: string, read: ReadFigures): void;
  /** The least important lines that are written from now on. */
  setLevel(level: LogLevel): void;
  /** Writes what is pending; at latest after a second it resolves. Afterwards nothing must be logged. */
  close(): Promise<void>;
}

/** One log line and one count for each request. Never throws or waits because of where the lines go. */
export function createTelemetry(
  settings: TelemetrySettings,
  { clock, fd = STDOUT, scrub }: TelemetryDeps,
): ProcessTelemetry {
  const sink = new LineSink(fd, clock);
  const registry = new Registry();
  const enabled = settings.metrics.enabled;
  const counted = enabled ? createRequestMetrics(registry) : undefined;
  if (enabled) registerDropped(registry, sink);
  const log = createProcessLog(settings.logs.level, {
    clock,
    write: (line) => sink.write(line),
    ...(scrub && { scrub }),
  });
  let least = RANK[settings.logs.level];

  return {
    log,
    opened(route) {
      counted?.opened(route);
    },
    settled(record) {
      counted?.settled(record);
      if (RANK[requestLevel(record.status)] >= least) sink.write(requestLine(record));
    },
    async metrics() {
      const texts = enabled ? await Promise.all([registry.metrics(), processMetrics().metrics()]) : [];
      return { contentType: registry.contentType, text: texts.join('\n') };
    },
    gauge: (name, help, read) => readFamily(registry, { name, help, type: 'gauge' }, () => toList(read())),
    counter: (name, help, read) => readFamily(registry, { name, help, type: 'counter' }, () => toList(read())),
    setLevel(level) {
      least = RANK[level];
      log.setLevel(level);
    },
    close: () => sink.close(),
  };
}

function toList(figures: ReturnType<ReadFigures>): readonly (readonly [Labels, number])[] {
  return typeof figures === 'number' ? [[{}, figures]] : figures;
}

function registerDropped(registry: Registry, sink: LineSink): void {
  const init = { name: 'sluice_log_dropped_total', help: 'Log lines lost because they could not be written.' };
  readFamily(registry, { ...init, type: 'counter' }, () => [[{}, sink.dropped]]);
}
