import type { Ratio, Summary } from './summary.js';
import type { TargetName } from './targets.js';

export type Column<Row> = readonly [title: string, cell: (row: Row) => string];
const COLUMNS: readonly Column<Summary>[] = [
  ['load', ({ load }) => load.title],
  ['target', ({ target }) => target],
  ['rate /s', ({ unitsPerSecond }) => fixed(unitsPerSecond, 0)],
  ['CPU µs', ({ cpuUs }) => fixed(cpuUs, 1)],
  ['per', ({ load }) => load.unit],
  ['× pass-through', ({ target, ratio }) => (target === 'pass-through' ? '1.00' : ratioCell(target, ratio))],
  ['× same dialect', ({ target, ownRatio }) => ratioCell(target, ownRatio)],
  ['limit', limitCell],
  ['time', ({ load }) => (load.unit === 'chunk' ? 'to first byte' : 'of the answer')],
  ['p50 ms', ({ p50Ms }) => fixed(p50Ms, 2)],
  ['p99 ms', ({ p99Ms }) => fixed(p99Ms, 2)],
  ['+p50 ms', ({ target, addedP50Ms }) => (target === 'direct' ? '' : fixed(addedP50Ms, 2))],
  ['+p99 ms', ({ target, addedP99Ms }) => (target === 'direct' ? '' : fixed(addedP99Ms, 2))],
  ['memory MiB', ({ memoryMib }) => fixed(memoryMib, 0)],
];
const LEFT_ALIGNED = new Set(['load', 'target', 'per', 'limit', 'time', 'part', 'limit ms']);

export function renderTable(rows: readonly Summary[]): string {
  return renderColumns(COLUMNS, rows);
}

/** A markdown table that also reads well as it stands. */
export function renderColumns<Row>(described: readonly Column<Row>[], rows: readonly Row[]): string {
  const columns = described.map(([title, cell]) => {
    const cells = rows.map(cell);
    return { title, cells, width: Math.max(title.length, ...cells.map(({ length }) => length)) };
  });
  const line = (cellOf: (column: (typeof columns)[number]) => string): string =>
    `| ${columns.map((column) => pad(cellOf(column), column)).join(' | ')} |`;
  const rule = `|${columns.map(({ title, width }) => (LEFT_ALIGNED.has(title) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(({ title }) => title), rule, ...rows.map((_, i) => line(({ cells }) => cells[i] ?? ''))].join('\n');
}

function ratioCell(target: TargetName, ratio: Ratio): string {
  if (target === 'direct' || Number.isNaN(ratio.median)) return '';
  return spread(ratio);
}

export function spread({ median, least, most }: Ratio): string {
  return `${fixed(median, 2)} (${fixed(least, 2)}-${fixed(most, 2)})`;
}

function limitCell({ load, withinLimit }: Summary): string {
  if (withinLimit === undefined) return '';
  return `${load.limit} ${withinLimit ? 'ok' : 'OVER'}`;
}

const pad = (text: string, { title, width }: { readonly title: string; readonly width: number }): string =>
  LEFT_ALIGNED.has(title) ? text.padEnd(width) : text.padStart(width);

export const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? '' : value.toFixed(digits));
