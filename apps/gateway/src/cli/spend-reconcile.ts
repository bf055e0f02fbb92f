import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SpendRepository } from '@sluice/contract';
import { compareUses } from '../spend/reconcile/compare.js';
import type { Comparison, OurUse } from '../spend/reconcile/compare.js';
import { readExport } from '../spend/reconcile/read-export.js';
import type { ProviderExport } from '../spend/reconcile/read-export.js';
import { toUsd } from '../spend/render.js';
import { timeRange } from '../spend/time-range.js';
import { toText } from '../spend/view.js';
import { CONFIG_OPTIONS, UsageError } from './command.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { withSpend } from './spend.js';
import { table } from './usage.js';

const DAY_MS = 86_400_000;
const DEFAULT_PERCENT = '1';

/** `sluice spend reconcile FILE`: 0 where the ledger and the provider agree, 1 where they do not. */
export const spendReconcileCommand: Command = {
  name: 'spend reconcile',
  positionals: ['FILE'],
  options: {
    provider: {
      value: 'NAME',
      summary: 'The provider, as it is called here. Default: openai or anthropic, by the file',
    },
    tolerance: { value: 'PERCENT', summary: `How far sums may differ. Default: ${DEFAULT_PERCENT}; a cent always` },
    ...CONFIG_OPTIONS,
  },
  summary: "Hold what requests have cost against a provider's own export",
  run(call) {
    const tolerance = readPercent(call.options['tolerance'] ?? DEFAULT_PERCENT);
    const [file = ''] = call.positionals;
    const theirs = readExport(readFileSync(resolve(call.context.cwd, file), 'utf8'));
    return withSpend(call, async (spend) => {
      const ours = await readOurs(spend, call.options['provider'] ?? theirs.vendor, theirs);
      return report(call, compareUses(ours, theirs.uses, tolerance));
    });
  },
};

function readPercent(text: string): number {
  const percent = /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (percent <= 100) return percent / 100;
  throw new UsageError('--tolerance takes a percentage from 0 to 100');
}

/** What the ledger has of the days of the export, from its first to its last. */
async function readOurs(
  spend: SpendRepository,
  provider: string,
  { days }: ProviderExport,
): Promise<readonly OurUse[]> {
  const inOrder = days.toSorted();
  const range = timeRange(Date.parse(inOrder.at(0) ?? ''), Date.parse(inOrder.at(-1) ?? '') + DAY_MS);
  const by = ['day', 'model'] as const;
  const ours: OurUse[] = [];
  for await (const rows of spend.rows({ ...range, by, only: { provider } }, new AbortController().signal)) {
    for (const { values, inputTokens, outputTokens, costMicroUsd, abandonedMicroUsd } of rows) {
      const [day = '', model = ''] = by.map((group, index) => toText(group, values[index] ?? ''));
      ours.push({ day, model, inputTokens, outputTokens, costMicroUsd: costMicroUsd + abandonedMicroUsd });
    }
  }
  return ours;
}

function report({ context: { stdout, stderr }, json }: CommandCall, comparisons: readonly Comparison[]): ExitCode {
  const off = comparisons.filter(({ isOff }) => isOff).length;
  if (json) stdout.write(`${JSON.stringify({ ok: off === 0, data: comparisons })}\n`);
  else {
    const rows = comparisons.map((row) => [
      row.day,
      row.model || '-',
      row.measure,
      ...sumsOf(row),
      row.isOff ? 'differs' : '',
    ]);
    stdout.write(`${table([['DAY', 'MODEL', 'WHAT', 'LEDGER', 'PROVIDER', ''], ...rows]).join('\n')}\n`);
    if (off > 0) stderr.write(`${off} of ${comparisons.length} sums differ by more than is tolerated.\n`);
  }
  return off === 0 ? 0 : 1;
}

function sumsOf({ measure, ours, theirs }: Comparison): readonly string[] {
  return [ours, theirs].map((sum) => (measure === 'costMicroUsd' ? `${toUsd(sum)} USD` : String(sum)));
}
