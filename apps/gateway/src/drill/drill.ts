import { stableHash } from '@sluice/core';
import type { Config } from '../config/schema.js';
import { score } from './benchmark.js';
import type { BenchmarkScore } from './benchmark.js';
import { openBench } from './bench.js';
import type { DrillBench } from './bench.js';
import { judge } from './judge.js';
import type { AliasResult, Healthy } from './judge.js';
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
  readonly onScenario?: (report: ScenarioReport) => void;
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
  const { config, scenarios, signal, onScenario } = request;
  await using bench = await openBench(config, request.startMs);
  const { healthy, skipped } = await meetAliases(request, bench);
  const reports: ScenarioReport[] = [];
  for (const scenario of scenarios) {
    const results: DrillResult[] = [];
    for (const [alias, goodDay] of healthy) {
      signal.throwIfAborted();
      const run = await runScenario(scenario, { alias, at: request.at }, bench);
      const benchmark = scenario.benchmark && score(scenario.benchmark, run, hasOthers(alias, bench));
      results.push(...judge(run, goodDay).map((result) => ({ ...result, ...(benchmark && { benchmark }) })));
    }
    reports.push({ scenario, results });
    onScenario?.({ scenario, results });
  }
  const all = reports.flatMap(({ results }) => results);
  return {
    config: stableHash(config),
    standIns: [...bench.standIns.values()].map(({ name, kind, isOther }) => ({
      provider: name,
      kind,
      speaks: isOther ? 'openai' : kind,
    })),
    scenarios: reports,
    skipped,
    unclean: all.filter(isUnclean).length,
  };
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

async function meetAliases({ config, aliases, signal }: DrillRequest, bench: DrillBench): Promise<Met> {
  const healthy = new Map<string, Healthy>();
  const skipped: { readonly alias: string; readonly reason: string }[] = [];
  for (const alias of aliases ?? Object.keys(config.models)) {
    signal.throwIfAborted();
    if (!mayChat(alias, bench)) {
      skipped.push({ alias, reason: 'the catalogue has its models for something else' });
      continue;
    }
    const run = await runScenario(GOOD_DAY, { alias }, bench);
    const trouble = run.asked.find(({ seen }) => seen.ending !== 'whole');
    if (trouble) skipped.push({ alias, reason: `${trouble.seen.ending} ${trouble.seen.code ?? ''}`.trim() });
    else healthy.set(alias, toHealthy(run));
  }
  return { healthy, skipped };
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
