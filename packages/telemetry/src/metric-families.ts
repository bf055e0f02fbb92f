import type { Metric, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;
/** A figure that its holder counts in directly; a scrape reads it. */
export interface Cell {
  value: number;
}
export interface HistogramCell {
  /** Observations in each bucket, not added up; those above the last bound are in `count` alone. */
  readonly counts: number[];
  readonly bounds: readonly number[];
  sum: number;
  count: number;
}
interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}
export interface FamilyInit {
  readonly name: string;
  readonly help: string;
}

/** Finds or makes the cell of a label set. Not for the hot path: keep the cell. */
export type Bind<C> = (labels: Labels) => C;

/** A family of counters; `scale` is multiplied in at the scrape, so that cells may count in whole small units. */
export function counterFamily(registry: Registry, init: FamilyInit & { readonly scale?: number }): Bind<Cell> {
  return scalarFamily(registry, 'counter', init);
}

export function gaugeFamily(registry: Registry, init: FamilyInit): Bind<Cell> {
  return scalarFamily(registry, 'gauge', init);
}

/** A family whose values are asked for at each scrape. */
export function readFamily(
  registry: Registry,
  init: FamilyInit & { readonly type: 'counter' | 'gauge' },
  read: () => readonly (readonly [Labels, number])[],
): void {
  register(registry, init, () => read().map(([labels, value]) => ({ labels: cleanLabels(labels), value })));
}

/** A family of histograms over the same upper bounds, in rising order. */
export function histogramFamily(
  registry: Registry,
  init: FamilyInit & { readonly bounds: readonly number[] },
): Bind<HistogramCell> {
  const { name, bounds } = init;
  const cells = cellMap(() => ({ counts: bounds.map(() => 0), bounds, sum: 0, count: 0 }));
  register(registry, { ...init, type: 'histogram' }, () =>
    cells.entries().flatMap(({ labels, cell }) => histogramSamples(name, labels, cell)),
  );
  return cells.bind;
}

export function observe(cell: HistogramCell, value: number): void {
  const { bounds, counts } = cell;
  cell.sum += value;
  cell.count += 1;
  for (let i = 0; i < bounds.length; i += 1) {
    if (value > (bounds[i] as number)) continue;
    counts[i] = (counts[i] as number) + 1;
    return;
  }
}

function scalarFamily(
  registry: Registry,
  type: 'counter' | 'gauge',
  init: FamilyInit & { readonly scale?: number },
): Bind<Cell> {
  const cells = cellMap(() => ({ value: 0 }));
  const scale = init.scale ?? 1;
  register(registry, { ...init, type }, () =>
    cells.entries().map(({ labels, cell }) => ({ labels, value: cell.value * scale })),
  );
  return cells.bind;
}

function cellMap<C>(make: () => C): { bind: Bind<C>; entries: () => { labels: Labels; cell: C }[] } {
  const cells = new Map<string, { labels: Labels; cell: C }>();
  return {
    bind(labels) {
      const clean = cleanLabels(labels);
      const key = JSON.stringify(clean);
      let entry = cells.get(key);
      if (!entry) cells.set(key, (entry = { labels: clean, cell: make() }));
      return entry.cell;
    },
    entries: () => [...cells.values()],
  };
}

function histogramSamples(name: string, labels: Labels, cell: HistogramCell): Sample[] {
  let upTo = 0;
  const buckets = cell.bounds.map((le, i) => {
    upTo += cell.counts[i] as number;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: upTo };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: cell.count },
    { metricName: `${name}_sum`, labels, value: cell.sum },
    { metricName: `${name}_count`, labels, value: cell.count },
  ];
}

function register(registry: Registry, init: FamilyInit & { readonly type: string }, samples: () => Sample[]): void {
  const { name, help, type } = init;
  const family = { name, help, type, get: () => Promise.resolve({ name, help, type, values: samples() }) };
  // The registry calls `get` alone, yet its types ask for one of its own classes, each of which hashes labels per call.
  registry.registerMetric(family as unknown as Metric);
}

const MAX_LABEL_CHARS = 128;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

const cleanLabels = (labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.slice(0, MAX_LABEL_CHARS).replace(CONTROL, '?')]),
  );
