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

/** A gauge of several that have their figures from the same look. */
export interface SeenGauge<Seen> {
  readonly name: string;
  readonly help: string;
  figureOf(seen: Seen): number;
}

/** Telemetry with all that only the process needs of it. */
export interface ProcessTelemetry extends Telemetry {
  readonly log: ProcessLog;
  /** The answer of `/metrics`; empty when metrics are off. Rejects when a gauge's reader throws. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Adds a gauge that is read at each scrape. Throws on a name that is taken. */
  gauge(name: string, help: string, read: ReadFigures): void;
  /** Adds gauges that are read off one look at each scrape. Throws on a name that is taken. */
  gauges<Seen>(look: () => Seen, families: readonly SeenGauge<Seen>[]): void;
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
    ...scraped(registry, enabled),
    setLevel(level) {
      least = RANK[level];
      log.setLevel(level);
    },
    close: () => sink.close(),
  };
}

/** What is read at each scrape, and the scrape. */
function scraped(
  registry: Registry,
  enabled: boolean,
): Pick<ProcessTelemetry, 'metrics' | 'gauge' | 'gauges' | 'counter'> {
  let scrapes = 0;
  return {
    async metrics() {
      scrapes += 1;
      const texts = enabled ? await Promise.all([registry.metrics(), processMetrics().metrics()]) : [];
      return { contentType: registry.contentType, text: texts.join('\n') };
    },
    gauge: (name, help, read) => readFamily(registry, { name, help, type: 'gauge' }, () => toList(read())),
    gauges(look, families) {
      const seen = oncePer(() => scrapes, look);
      for (const { name, help, figureOf } of families) {
        readFamily(registry, { name, help, type: 'gauge' }, () => [[{}, figureOf(seen())]]);
      }
    },
    counter: (name, help, read) => readFamily(registry, { name, help, type: 'counter' }, () => toList(read())),
  };
}

function toList(figures: ReturnType<ReadFigures>): readonly (readonly [Labels, number])[] {
  return typeof figures === 'number' ? [[{}, figures]] : figures;
}

/** What `look` gives, looked up again only once `turn` is another. */
function oncePer<T>(turn: () => number, look: () => T): () => T {
  let last: { readonly turn: number; readonly seen: T } | undefined;
  return () => {
    const now = turn();
    if (last?.turn !== now) last = { turn: now, seen: look() };
    return last.seen;
  };
}

function registerDropped(registry: Registry, sink: LineSink): void {
  const init = { name: 'sluice_log_dropped_total', help: 'Log lines lost because they could not be written.' };
  readFamily(registry, { ...init, type: 'counter' }, () => [[{}, sink.dropped]]);
}
