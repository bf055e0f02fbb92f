import type { Feature } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import type { RouteContext, RouteQuestion, RoutingState } from '../routing/question.js';
import { TargetStatsTable } from '../routing/target-stats.js';
import type { AliasTarget } from '../snapshot.js';
import { PRINCIPAL } from './bench.js';
import { candidateAt, configured, factsOf, snapshotOf } from './snapshots.js';
import { toyDialect } from './toy-dialect.js';
import { toyProvider } from './toy-provider.js';

export interface QuestionChange extends Partial<Omit<RouteQuestion, 'parsed'>> {
  readonly features?: readonly Feature[];
  /** What else stands in the body. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A chat of the toy dialect that asks for a model. */
export function questionOf(model: string, { features = [], body = {}, ...change }: QuestionChange = {}): RouteQuestion {
  const wire = { model, needs: features, ...body };
  const parsed = toyDialect.parse(wire);
  const bodyBytes = JSON.stringify(wire).length;
  return { parsed, operation: 'chat', dialect: 'toy', principal: PRINCIPAL, headers: {}, bodyBytes, ...change };
}

export interface TestState extends RoutingState {
  readonly clock: ManualClock;
  readonly stats: TargetStatsTable;
}

/** Nothing measured yet, and chance as given. */
export function stateOf(random: () => number = () => 0): TestState {
  return { clock: createManualClock(), stats: new TargetStatsTable(), random };
}

/** What a strategy is given. */
export function contextOf(state: RoutingState, question = questionOf('fast')): RouteContext {
  return { snapshot: snapshotOf([]), state, question };
}

/** Targets `p/0`, `p/1`, ... with these weights. */
export function targetsOf(weights: readonly number[], priceOf?: (index: number) => number | undefined): readonly AliasTarget[] {
  return weights.map((weight, index) => {
    const input = priceOf?.(index);
    const prices = input === undefined ? [] : [{ picoUsd: { input, output: input } }];
    const provider = configured('p', toyProvider(), { facts: { [index]: factsOf({ prices }) } });
    return { weight, candidate: candidateAt(provider, String(index)) };
  });
}

/** The models of targets in their order, in one word. */
export function namesOf(targets: readonly AliasTarget[]): string {
  return targets.map(({ candidate }) => candidate.target.model).join(' ');
}
