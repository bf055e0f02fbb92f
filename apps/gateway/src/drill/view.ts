import { z } from 'zod';
import type { DrillReport, DrillResult } from './drill.js';
import { describeScenario } from './describe.js';
import type { Scenario } from './scenario.js';

const errorsView = z.strictObject({
  code: z.string(),
  status: z.int().meta({ description: 'Of HTTP; 200 where the answer had begun.' }),
  inStream: z.boolean().meta({ description: 'Told by an event, after the beginning of an answer.' }),
  count: z.int(),
});

const resultView = z
  .strictObject({
    alias: z.string(),
    kind: z.enum(['stream', 'plain']),
    verdict: z
      .enum(['unaffected', 'slower', 'rescued', 'partly-rescued', 'clean-errors', 'let-go', 'unclean', 'not-met'])
      .meta({
        description:
          'unaffected, slower, rescued: every answer whole. partly-rescued, clean-errors: some or all callers got an error ' +
          'in good form. let-go: callers left, and the provider was told. unclean: a caller hung, took a cut answer for ' +
          'a whole one or got what no client can read. not-met: the provider at fault was not asked.',
      }),
    asked: z.int(),
    whole: z.int().meta({ description: 'How many got a whole answer.' }),
    answeredBy: z.array(z.strictObject({ target: z.string(), count: z.int() })),
    errors: z.array(errorsView),
    addedMs: z.number().nullable().meta({
      description: 'How much longer than on a good day the slowest whole answer took; null where there was none.',
    }),
    failedAfterMs: z.number().nullable().meta({ description: 'How long the slowest failure took; null without one.' }),
    mostAttempts: z.int().meta({ description: 'Of the request that needed most.' }),
    unclean: z.array(z.string()).meta({ description: 'What was unclean.' }),
    benchmark: z
      .strictObject({
        id: z.string(),
        verdict: z.enum(['pass', 'partial', 'safe', 'fail']),
        notes: z.array(z.string()).meta({ description: 'What kept it from a better one.' }),
      })
      .nullable()
      .meta({ description: 'How failoverbench would score it; null for scenarios that are not of it.' }),
  })
  .meta({ description: 'What callers of one alias saw.' });

const scenarioFields = {
  name: z.string(),
  rows: z.array(z.string()).meta({ description: 'Of the fault matrix.' }),
  benchmark: z.string().nullable().meta({ description: 'The scenario of failoverbench that it rebuilds.' }),
  summary: z.string(),
};

/** A scenario as it leaves the process. */
export const scenarioView = z.strictObject(scenarioFields).meta({ description: 'A bad day of providers.' });

export function toScenarioView(scenario: Scenario): z.output<typeof scenarioView> {
  const { name, rows, benchmark = null } = scenario;
  return { name, rows: [...rows], benchmark, summary: describeScenario(scenario) };
}

/** A report as it leaves the process. */
export const drillView = z
  .strictObject({
    config: z.string().meta({ description: 'The version of the configuration, as in x-sluice-config.' }),
    standIns: z.array(
      z.strictObject({
        provider: z.string(),
        kind: z.string(),
        speaks: z.string().meta({ description: 'The kind whose API its stand-in speaks.' }),
      }),
    ),
    scenarios: z.array(z.strictObject({ ...scenarioFields, results: z.array(resultView) })),
    skipped: z.array(z.strictObject({ alias: z.string(), reason: z.string() })).meta({
      description: 'Aliases that answer no chat request, each with what came of one.',
    }),
    unclean: z.int().meta({ description: 'How many results are unclean, or fail by the rules of the benchmark.' }),
  })
  .meta({ description: 'What callers would have seen.' });

export function toView({ scenarios, ...report }: DrillReport): z.output<typeof drillView> {
  return {
    ...report,
    standIns: [...report.standIns],
    skipped: [...report.skipped],
    scenarios: scenarios.map(({ scenario, results }) => ({
      ...toScenarioView(scenario),
      results: results.map(toResultView),
    })),
  };
}

function toResultView(result: DrillResult): z.output<typeof resultView> {
  const { answeredBy, errors, addedMs, failedAfterMs, unclean, benchmark, ...rest } = result;
  return {
    ...rest,
    answeredBy: [...answeredBy],
    errors: [...errors],
    addedMs: addedMs ?? null,
    failedAfterMs: failedAfterMs ?? null,
    unclean: [...unclean],
    benchmark: benchmark ? { ...benchmark, notes: [...benchmark.notes] } : null,
  };
}
