import type { Registry } from 'prom-client';
import type { AttemptRecord, RequestRecord, Telemetry } from '@sluice/contract';
import { counterFamily, gaugeFamily, histogramFamily, observe } from './metric-families.js';
import type { Bind, Cell, HistogramCell } from './metric-families.js';

const MAX_TARGETS = 1_000;
const OTHER = 'other';
const DURATION_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const FIRST_TOKEN_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const OVERHEAD_BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** All the cells that requests of one route, target and status count in. */
interface Series {
  readonly requests: Cell;
  readonly inputTokens: Cell;
  readonly outputTokens: Cell;
  readonly cachedTokens: Cell;
  readonly costMicroUsd: Cell;
  readonly duration: HistogramCell;
  readonly firstToken: HistogramCell;
  readonly overhead: HistogramCell;
  readonly inFlight: Cell;
}

/**
 * Counts requests. A request finds all its cells by one lookup; label sets are built when first seen only. At most
 * 1,000 pairs of provider and model get a label of their own, the rest share `other`.
 */
export function createRequestMetrics(registry: Registry): Telemetry {
  const families = createFamilies(registry);
  const seriesOf = createSeriesIndex(families);
  const inFlightOf = remember((route) => families.inFlight({ route }));
  const cacheOf = remember((state) => families.cache({ state }));
  return {
    opened(route) {
      inFlightOf(route).value += 1;
    },
    settled(record) {
      const series = seriesOf(record);
      countRequest(series, record);
      if (record.cache !== undefined) cacheOf(record.cache).value += 1;
      if (record.attempts.length > 1) countRepeats(record.attempts, families);
    },
  };
}

function countRequest(series: Series, record: RequestRecord): void {
  series.requests.value += 1;
  series.inFlight.value -= 1;
  series.inputTokens.value += record.inputTokens;
  series.outputTokens.value += record.outputTokens;
  series.cachedTokens.value += record.cachedTokens;
  if (record.costMicroUsd !== undefined) series.costMicroUsd.value += record.costMicroUsd;
  observe(series.duration, record.durationMs / 1_000);
  observe(series.overhead, record.overheadMs / 1_000);
  if (record.firstTokenMs !== undefined) observe(series.firstToken, record.firstTokenMs / 1_000);
}

function countRepeats(attempts: readonly AttemptRecord[], { failovers, retries, hedges }: Families): void {
  let previous: AttemptRecord | undefined;
  for (const attempt of attempts) {
    if (attempt.hedge) {
      hedges.value += 1;
      continue;
    }
    if (previous) {
      const same = attempt.provider === previous.provider && attempt.model === previous.model;
      (same ? retries : failovers).value += 1;
    }
    previous = attempt;
  }
}

/** Finds the cells of a record; bounded however many models callers make up. */
function createSeriesIndex(families: Families): (record: RequestRecord) => Series {
  /** One map for each label, for a key put together of all four would have to be hashed anew every time. */
  const known: SeriesTable = new Map();
  const targets = new Set<string>();
  const isOwn = (target: string): boolean => {
    if (targets.has(target)) return true;
    if (targets.size >= MAX_TARGETS) return false;
    targets.add(target);
    return true;
  };
  return ({ route, provider = '', model = '', status }) => {
    const series = known.get(route)?.get(provider)?.get(model)?.get(status);
    if (series) return series;
    if (!isOwn(`${provider} ${model}`)) return bindSeries(families, { route, provider: OTHER, model: OTHER, status });
    const bound = bindSeries(families, { route, provider, model, status });
    inner(inner(inner(known, route), provider), model).set(status, bound);
    return bound;
  };
}

type SeriesTable = Map<string, Map<string, Map<string, Map<number, Series>>>>;

function inner<Key, InnerKey, Value>(table: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  let found = table.get(key);
  if (!found) table.set(key, (found = new Map<InnerKey, Value>()));
  return found;
}

function bindSeries(
  families: Families,
  { route, provider, model, status }: { route: string; provider: string; model: string; status: number },
): Series {
  const target = { provider, model };
  return {
    requests: families.requests({ route, ...target, status: `${status}` }),
    inputTokens: families.tokens({ ...target, type: 'input' }),
    outputTokens: families.tokens({ ...target, type: 'output' }),
    cachedTokens: families.tokens({ ...target, type: 'cached' }),
    costMicroUsd: families.cost(target),
    duration: families.duration({ route, provider }),
    firstToken: families.firstToken({ provider }),
    overhead: families.overhead({ route }),
    inFlight: families.inFlight({ route }),
  };
}

type Families = ReturnType<typeof createFamilies>;
function createFamilies(registry: Registry) {
  const counter = (name: string, help: string, scale = 1): Bind<Cell> => counterFamily(registry, { name, help, scale });
  const histogram = (name: string, help: string, bounds: readonly number[]): Bind<HistogramCell> =>
    histogramFamily(registry, { name, help, bounds });
  return {
    requests: counter('sluice_requests_total', 'Requests that ended, by the status that the caller got.'),
    tokens: counter('sluice_tokens_total', 'Tokens by type; cached ones are among the input.'),
    cost: counter('sluice_cost_usd_total', 'Cost of the requests whose price is known.', 1e-6),
    duration: histogram('sluice_request_duration_seconds', 'Time from request to end of answer.', DURATION_BOUNDS),
    firstToken: histogram('sluice_time_to_first_token_seconds', 'Time to the first token.', FIRST_TOKEN_BOUNDS),
    overhead: histogram('sluice_overhead_seconds', 'Time that the gateway itself took.', OVERHEAD_BOUNDS),
    inFlight: gaugeFamily(registry, { name: 'sluice_in_flight_requests', help: 'Requests under way.' }),
    failovers: counter('sluice_failovers_total', 'Moves to another target after a failure.')({}),
    retries: counter('sluice_retries_total', 'Further tries at the same target.')({}),
    hedges: counter('sluice_hedges_total', 'Second requests beside a slow one.')({}),
    cache: counter('sluice_cache_requests_total', 'Requests by what the response cache did.'),
  };
}

function remember(bind: (label: string) => Cell): (label: string) => Cell {
  const cells = new Map<string, Cell>();
  return (label) => {
    let cell = cells.get(label);
    if (!cell) cells.set(label, (cell = bind(label)));
    return cell;
  };
}
