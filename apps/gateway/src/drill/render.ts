import { table } from '../cli/usage.js';
import type { BenchmarkVerdict } from './benchmark.js';
import { describeScenario, labelOf } from './describe.js';
import type { DrillReport, DrillResult, ScenarioReport } from './drill.js';
import type { AliasResult, Verdict } from './judge.js';
import type { Scenario } from './scenario.js';

const LIST_HEAD = ['scenario', 'row', "the provider of each alias's first target"] as const;

/** Every scenario on a line, for `--list`. */
export function renderList(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map((one) => [
    one.name,
    labelOf(one),
    one.at === 'all' ? `(all providers) ${one.summary}` : one.summary,
  ]);
  return [...table([LIST_HEAD, ...rows]), ''].join('\n');
}

/** The whole report for people. */
export function renderReport(report: DrillReport): string {
  const { scenarios } = report;
  const [first] = scenarios;
  const only = scenarios.length === 1 ? first?.scenario : undefined;
  const lines = [
    ...(only ? [`${only.name} (${labelOf(only)}): ${describeScenario(only)}`, ''] : []),
    ...(first?.scenario.benchmark ? renderScores(scenarios) : renderTable(scenarios)),
    '',
    ...renderNotes(report),
  ];
  return lines.join('\n') + '\n';
}

const HEAD = ['scenario', 'alias', 'asked for', 'callers saw', 'answered by', 'waited', 'attempts'] as const;

const VERDICTS: Readonly<Record<Verdict, string>> = {
  unaffected: 'no difference',
  slower: 'slower answers',
  rescued: 'whole answers',
  'partly-rescued': 'some errors',
  'clean-errors': 'errors',
  'let-go': 'left; the provider was told',
  unclean: 'UNCLEAN',
  'not-met': 'fault not met',
};

/** A line for each alias and each kind of answer. Names that repeat are left out. */
function renderTable(scenarios: readonly ScenarioReport[]): readonly string[] {
  const rows = table([HEAD, ...scenarios.flatMap(toRows)]);
  return scenarios.length > 1 ? [...rows, '', ...renderTroubles(scenarios)] : rows;
}

const TROUBLES: ReadonlySet<Verdict> = new Set(['partly-rescued', 'clean-errors', 'unclean']);

/** For each alias, how often its callers got errors, and in which scenarios. */
function renderTroubles(scenarios: readonly ScenarioReport[]): readonly string[] {
  const aliases = new Set(scenarios.flatMap(({ results }) => results.map(({ alias }) => alias)));
  return [...aliases].flatMap((alias) => {
    const isTrouble = (result: AliasResult): boolean => result.alias === alias && TROUBLES.has(result.verdict);
    const bad = scenarios.filter(({ results }) => results.some(isTrouble)).map(({ scenario }) => scenario.name);
    const count = `${alias}: callers got nothing but whole answers in ${scenarios.length - bad.length} of ${scenarios.length} scenarios`;
    return bad.length === 0 ? [`${count}.`] : [`${count}, and errors in`, ...wrap(bad.join(', '))];
  });
}

const LINE = 118;

/** Lines of words, set in. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= LINE) lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function toRows({ scenario, results }: ScenarioReport): readonly (readonly string[])[] {
  return results.map((result, index) => {
    const before = results[index - 1];
    return [
      before ? '' : scenario.name,
      before?.alias === result.alias ? '' : result.alias,
      result.kind === 'stream' ? 'streams' : 'plain answers',
      `${VERDICTS[result.verdict]}${countOf(result)}`,
      toAnswers(result),
      toWaiting(result),
      String(result.mostAttempts),
    ];
  });
}

const SCORE_HEAD = ['scenario', '', 'alias', 'score', 'answered by', 'waited', 'attempts', 'because'] as const;

/** A line for each alias, with what the benchmark would say. */
function renderScores(scenarios: readonly ScenarioReport[]): readonly string[] {
  const rows = scenarios.flatMap(({ scenario, results }) =>
    results.map((result, index) => [
      index > 0 ? '' : scenario.name,
      index > 0 ? '' : labelOf(scenario),
      result.alias,
      result.benchmark?.verdict ?? '',
      toAnswers(result),
      toWaiting(result),
      String(result.mostAttempts),
      result.benchmark?.notes.join('; ') ?? '',
    ]),
  );
  return [...table([SCORE_HEAD, ...rows]), '', ...renderSums(scenarios.flatMap(({ results }) => results))];
}

const SCORES: readonly BenchmarkVerdict[] = ['pass', 'partial', 'safe', 'fail'];

function renderSums(results: readonly DrillResult[]): readonly string[] {
  return [...Map.groupBy(results, ({ alias }) => alias)].map(([alias, all]) => {
    const counts = SCORES.map(
      (score) => `${all.filter(({ benchmark }) => benchmark?.verdict === score).length} ${score}`,
    );
    return `${alias}: ${counts.join(', ')}`;
  });
}

function countOf({ whole, asked, verdict }: AliasResult): string {
  return verdict === 'let-go' ? '' : `, ${whole} of ${asked} whole`;
}

function toAnswers({ answeredBy, errors, unclean }: AliasResult): string {
  const targets = answeredBy.map(({ target, count }) => (answeredBy.length > 1 ? `${target} (${count})` : target));
  const told = errors.map(({ status, code, inStream }) => (inStream ? `error event ${code}` : `${status} ${code}`));
  return [...unclean, ...told, ...targets].join(', ');
}

function toWaiting({ addedMs, failedAfterMs }: AliasResult): string {
  const parts = [
    ...(addedMs === undefined ? [] : [`+${toDuration(addedMs)}`]),
    ...(failedAfterMs === undefined ? [] : [`error after ${toDuration(failedAfterMs)}`]),
  ];
  return parts.join(', ');
}

/** `0 ms`, `35 ms`, `8.0 s`, `10 min`. */
function toDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

function renderNotes({ standIns, skipped, unclean, scenarios }: DrillReport): readonly string[] {
  const others = standIns.filter(({ kind, speaks }) => speaks !== kind).map(({ provider }) => provider);
  const results = scenarios.flatMap((one) => one.results);
  return [
    ...skipped.map(({ alias, reason }) => `Not drilled: ${alias}: ${reason}.`),
    ...(others.length > 0 ? [`The stand-ins of ${others.join(', ')} speak OpenAI's API, not their own.`] : []),
    'Times are what the configuration makes callers wait; no provider was called.',
    unclean === 0
      ? `No unclean failure in ${results.length} results.`
      : `${unclean} of ${results.length} results are UNCLEAN: callers hung, took a cut answer for a whole one, or cannot read it.`,
  ];
}
