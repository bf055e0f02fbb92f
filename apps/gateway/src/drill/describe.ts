import type { Scenario } from './scenario.js';

/** `The provider of the first target falls silent after 20 tokens.` */
export function describeScenario({ at, summary }: Pick<Scenario, 'at' | 'summary'>): string {
  return `${at === 'all' ? 'All providers' : 'The provider of the first target'} ${summary}.`;
}

/** The rows of the fault matrix that it shows, or the scenario of the benchmark. */
export function labelOf({ rows, benchmark }: Pick<Scenario, 'rows' | 'benchmark'>): string {
  return benchmark ?? rows.join(' ');
}
