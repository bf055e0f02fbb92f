import { stableHash } from '@sluice/core';
import type { Config } from '../config/schema.js';
import { score } from './benchmark.js';
import type { BenchmarkScore } from './benchmark.js';
import type { DrillBench } from './bench.js';
import { judge } from './judge.js';
import type { AliasResult, Healthy } from './judge.js';
import { openLanes } from './lanes.js';
import type { Lanes } from './lanes.js';
import { runScenario } from './run-scenario.js';
import type { AliasRun } from './run-scenario.js';
import type { Scenario } from './scenario.js';

export interface DrillRequest {
  readonly config: Config;
  readonly scenarios: readonly Scenario[];
  /** All where absent. */
  readonly aliases?: readonly string[] | undefined;
  /** The provider to be struck; that of each alias's first target where absent. */
  readonly at?: string | undefined;
  /** What the drill's clock shows at first. */
  readonly startMs: number;
  /** Ends the drill between two requests. */
  readonly signal: AbortSignal;
  /** Hears of each scenario as it is over. */
  readonly onScenario?: () => void;
}

export interface ScenarioReport {
  readonly scenario: Scenario;
  readonly results: readonly DrillResult[];
}

export interface DrillResult extends AliasResult {
  /** Of a scenario of the benchmark: how it would score it. */
  readonly benchmark?: BenchmarkScore;
}

/** A provider, and what stands in for it. */
export interface StandInReport {
  readonly provider: string;
  readonly kind: string;
  /** What its stand-in speaks: its own API, or OpenAI's where the simulator does not know it. */
  readonly speaks: string;
}

export interface DrillReport {
  /** The configuration's version, as in `x-sluice-config`. */
  readonly config: string;
  readonly standIns: readonly StandInReport[];
  readonly scenarios: readonly ScenarioReport[];
  /** Aliases that no chat request can be sent to, each with what came of one. */
  readonly skipped: readonly { readonly alias: string; readonly reason: string }[];
  /** How many results are unclean, or fail by the rules of the benchmark. */
  readonly unclean: number;
}

/**
 * Shows the operator's configuration a bad day: every alias goes through every scenario, each time with a gateway that
 * has seen nothing, over stand-ins of its providers. No provider is called, and nothing is kept.
 */
export async function drill(request: DrillRequest): Promise<DrillReport> {
  const { config, scenarios, signal } = request;
  const aliases = request.aliases ?? Object.keys(config.models);
  await using lanes = await openLanes({
    config,
    startMs: request.startMs,
    items: aliases.length * scenarios.length,
  });
  const { healthy, skipped } = await meetAliases({ aliases, signal }, lanes);
  const reports = await goThrough(request, healthy, lanes);
  const all = reports.flatMap(({ results }) => results);
  return {
    config: stableHash(config),
    standIns: [...lanes.bench.standIns.values()].map(({ name, kind, isOther }) => ({
      provider: name,
      kind,
      speaks: isOther ? 'openai' : kind,
    })),
    scenarios: reports,
    skipped,
    unclean: all.filter(isUnclean).length,
  };
}

async function goThrough(
  { scenarios, signal, at, onScenario }: DrillRequest,
  healthy: Met['healthy'],
  lanes: Lanes,
): Promise<readonly ScenarioReport[]> {
  // Where no alias goes through them, all of them are over.
  if (healthy.size === 0) for (let over = 0; over < scenarios.length; over += 1) onScenario?.();
  const runs = scenarios.flatMap((scenario) => [...healthy].map(([alias, goodDay]) => ({ scenario, alias, goodDay })));
  const left = new Map(scenarios.map((scenario) => [scenario, healthy.size]));
  const all = await lanes.forEach(runs, async ({ scenario, alias, goodDay }, bench) => {
    signal.throwIfAborted();
    const run = await runScenario(scenario, { alias, at }, bench);
    const benchmark = scenario.benchmark && score(scenario.benchmark, run, hasOthers(alias, bench));
    const results = judge(run, goodDay).map((result) => ({ ...result, ...(benchmark && { benchmark }) }));
    left.set(scenario, (left.get(scenario) ?? 0) - 1);
    if (left.get(scenario) === 0) onScenario?.();
    return { scenario, results };
  });
  return scenarios.map((scenario) => ({
    scenario,
    results: all.filter((one) => one.scenario === scenario).flatMap(({ results }) => results),
  }));
}

/** A good day, once for each alias: what the bad ones are measured against. */
const GOOD_DAY: Scenario = {
  name: 'good-day',
  summary: 'is well',
  rows: [],
  at: 'none',
  asks: { times: 1, kinds: ['stream', 'plain'], everyMs: 1_000 },
};

interface Met {
  readonly healthy: ReadonlyMap<string, Healthy>;
  readonly skipped: DrillReport['skipped'];
}

type Meeting = Required<Pick<DrillRequest, 'signal'>> & { readonly aliases: readonly string[] };

async function meetAliases({ aliases, signal }: Meeting, lanes: Lanes): Promise<Met> {
  const met = await lanes.forEach(aliases, (alias, bench) => {
    signal.throwIfAborted();
    return meet(alias, bench);
  });
  return {
    healthy: new Map(met.flatMap(({ alias, healthy }) => (healthy ? [[alias, healthy]] : []))),
    skipped: met.flatMap(({ alias, reason }) => (reason === undefined ? [] : [{ alias, reason }])),
  };
}

interface MetAlias {
  readonly alias: string;
  readonly healthy?: Healthy;
  /** Why it is not. */
  readonly reason?: string;
}

async function meet(alias: string, bench: DrillBench): Promise<MetAlias> {
  if (!mayChat(alias, bench)) return { alias, reason: 'the catalogue has its models for something else' };
  const run = await runScenario(GOOD_DAY, { alias }, bench);
  const trouble = run.asked.find(({ seen }) => seen.ending !== 'whole');
  return trouble
    ? { alias, reason: `${trouble.seen.ending} ${trouble.seen.code ?? ''}`.trim() }
    : { alias, healthy: toHealthy(run) };
}

function isUnclean({ verdict, benchmark }: DrillResult): boolean {
  return verdict === 'unclean' || benchmark?.verdict === 'fail';
}

/** Whether there is more than one provider to ask. */
function hasOthers(alias: string, { snapshot }: DrillBench): boolean {
  const { targets = [], fallbacks = [] } = snapshot.aliases.get(alias) ?? {};
  const all = [...targets.map(({ candidate }) => candidate), ...fallbacks];
  return new Set(all.map(({ provider }) => provider.name)).size > 1;
}

function mayChat(alias: string, { snapshot }: DrillBench): boolean {
  const { targets = [] } = snapshot.aliases.get(alias) ?? {};
  return targets.some(({ candidate: { target } }) => target.facts?.modes.some((mode) => CHATS.has(mode)) ?? true);
}

const CHATS: ReadonlySet<string> = new Set(['chat', 'responses', 'completion']);

function toHealthy({ asked }: AliasRun): Healthy {
  const took = (kind: 'stream' | 'plain'): number => asked.find(({ seen }) => seen.kind === kind)?.seen.totalMs ?? 0;
  return { stream: took('stream'), plain: took('plain') };
}
