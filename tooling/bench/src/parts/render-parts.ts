import { fixed, renderColumns, spread } from '../table.js';
import type { Column } from '../table.js';
import type { PartSummary } from './summarize-parts.js';

const COLUMNS: readonly Column<PartSummary>[] = [
  ['part', ({ part }) => part.title],
  ['CPU µs', ({ cpuUs }) => fixed(cpuUs, 1)],
  ['× pass-through', ({ ratio }) => spread(ratio)],
  ['limit', ({ part, ratio }) => `${part.limit} ${ratio.median <= part.limit ? 'ok' : 'OVER'}`],
  ['p50 ms', ({ p50Ms }) => fixed(p50Ms, 3)],
  [
    'limit ms',
    ({ part: { limitMs }, p50Ms }) => (limitMs === undefined ? '' : `${limitMs} ${p50Ms <= limitMs ? 'ok' : 'OVER'}`),
  ],
];

export function renderParts(rows: readonly PartSummary[]): string {
  return renderColumns(COLUMNS, rows);
}
