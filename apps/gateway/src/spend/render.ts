import type { SpendGroup, SpendRow, SpendSums } from '@sluice/contract';
import { toText } from './view.js';

const MICRO = 1_000_000;
/** What would move the cursor of a terminal, or colour it, is shown by its number. */
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Sums as a table for people; the last line is over every request once. */
export function renderSpend(rows: readonly SpendRow[], total: SpendSums, by: readonly SpendGroup[]): string {
  const names = by.map((group) => group.replace(/[A-Z]/, ' $&').toUpperCase());
  const head = [...names, 'REQUESTS', 'FAILED', 'INPUT', 'OUTPUT', 'CACHED', 'USD'];
  const body = rows.map((row) => [...by.map((group, index) => nameOf(row, group, index)), ...sumsOf(row)]);
  const foot = [...by.map((_, index) => (index === 0 ? 'Total' : '')), ...sumsOf(total)];
  return aligned([head, ...body, foot], by.length).join('\n');
}

function nameOf({ values, keyName }: SpendRow, group: SpendGroup, index: number): string {
  const text = toText(group, values[index] ?? '');
  const shown = group === 'key' && keyName !== undefined ? `${text} (${keyName})` : text || '-';
  return shown.replaceAll(CONTROL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function sumsOf(sums: SpendSums): readonly string[] {
  const { requests, failures, inputTokens, outputTokens, cachedTokens, costMicroUsd, abandonedMicroUsd } = sums;
  const counts = [requests, failures, inputTokens, outputTokens, cachedTokens].map(String);
  return [...counts, toUsd(costMicroUsd + abandonedMicroUsd)];
}

/** Exact, to the last of its six decimals. */
export function toUsd(microUsd: number): string {
  const whole = Math.trunc(microUsd / MICRO);
  const rest = String(Math.abs(microUsd % MICRO)).padStart(6, '0');
  return `${microUsd < 0 && whole === 0 ? '-' : ''}${whole}.${rest}`;
}

/** Text to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[], texts: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < texts ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
