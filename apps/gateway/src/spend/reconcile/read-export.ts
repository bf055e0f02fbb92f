import { isJsonObject, toText, tryParseJson } from '@sluice/toolkit';
import type { JsonObject } from '@sluice/contract';
import { parseCsv } from './parse-csv.js';

export type Vendor = 'openai' | 'anthropic';

/** What a provider says of one day and model. What its export does not tell is absent. */
export interface TheirUse {
  /** `2026-01-31`, in UTC. */
  readonly day: string;
  /** Empty where the export does not tell models apart. */
  readonly model: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costMicroUsd?: number;
}
export interface ProviderExport {
  readonly vendor: Vendor;
  /** Those that it is of, whether anything was used on them or not; at least one. */
  readonly days: readonly string[];
  readonly uses: readonly TheirUse[];
}

/**
 * Reads what a provider exports of its usage or of its costs:
 *
 * - OpenAI, `GET /v1/organization/usage/completions` and `/v1/organization/costs`, one page or several in a list: npm openai 7.57.0,
 *   resources/admin/organization/usage.d.ts; https://platform.openai.com/docs/api-reference/usage. CSV with the same names.
 * - Anthropic, `GET /v1/organizations/usage_report/messages` and `/v1/organizations/cost_report`:
 *   https://platform.claude.com/docs/en/api/admin/cost_report (amounts in cents) and
 *   https://docs.anthropic.com/en/api/admin-api/usage-cost/get-messages-usage-report. The console's CSV of usage (`usage_date_utc`,
 *   `model_version`, `usage_input_tokens_no_cache`, ...) and of costs (`usage_date_utc`, `model`, `cost_usd`):
 *   https://support.claude.com/en/articles/9534590-cost-and-usage-reporting-in-the-claude-console
 *
 * Throws an error for people where it is none of these.
 */
export function readExport(text: string): ProviderExport {
  const json = tryParseJson(text);
  const read = json === undefined ? fromCsv(text) : fromPages(json);
  if (read) return read;
  throw new Error("The file is no usage or cost export of OpenAI's or Anthropic's that is known here.");
}

function fromPages(json: unknown): ProviderExport | undefined {
  const pages = Array.isArray(json) ? (json as readonly unknown[]) : [json];
  const buckets = pages.flatMap((page) => listOf(page, 'data')).filter(isJsonObject);
  const isAnthropic = buckets.some((bucket) => typeof bucket['starting_at'] === 'string');
  if (!isAnthropic && !buckets.some((bucket) => typeof bucket['start_time'] === 'number')) return undefined;
  const [dayOf, read] = isAnthropic ? [dayOfBucket, fromAnthropic] : [dayOfOpenAiBucket, fromOpenAi];
  const uses = buckets.flatMap((bucket) => {
    const day = dayOf(bucket);
    return listOf(bucket, 'results')
      .filter(isJsonObject)
      .map((result) => read(day, result));
  });
  return { vendor: isAnthropic ? 'anthropic' : 'openai', days: unique(buckets.map(dayOf)), uses };
}

function dayOfBucket(bucket: JsonObject): string {
  return toDay(bucket['starting_at']);
}

function dayOfOpenAiBucket(bucket: JsonObject): string {
  return dayOfSeconds(bucket['start_time']);
}

function unique(days: readonly string[]): readonly string[] {
  return [...new Set(days)];
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}

/** A cost's line is that of a model and what of it is charged: `gpt-5-mini, input`. */
function fromOpenAi(day: string, result: JsonObject): TheirUse {
  const { amount, line_item: line, model, input_tokens: input, output_tokens: output } = result;
  if (isJsonObject(amount)) {
    const name = typeof line === 'string' ? line.replace(/,[^,]*$/, '') : '';
    return { day, model: name, costMicroUsd: toMicroUsd(amount['value']) };
  }
  return { day, model: toText(model), inputTokens: toCount(input), outputTokens: toCount(output) };
}

function fromAnthropic(day: string, result: JsonObject): TheirUse {
  const model = toText(result['model']);
  if (result['amount'] !== undefined) return { day, model, costMicroUsd: toMicroUsd(result['amount'], CENTS) };
  const { cache_creation: written } = result;
  const writes = isJsonObject(written) ? Object.values(written) : [];
  const inputs = [result['uncached_input_tokens'], result['cache_read_input_tokens'], ...writes];
  return { day, model, inputTokens: sum(inputs), outputTokens: toCount(result['output_tokens']) };
}

const ANTHROPIC_INPUTS = [
  'usage_input_tokens_no_cache',
  'usage_input_tokens_cache_write_5m',
  'usage_input_tokens_cache_write_1h',
  'usage_input_tokens_cache_read',
];

function fromCsv(text: string): ProviderExport | undefined {
  const records = parseCsv(text);
  const [first = {}] = records;
  if ('usage_date_utc' in first) return ofUses('anthropic', records.map(fromConsole));
  if (!('start_time' in first)) return undefined;
  return ofUses('openai', records.map(fromOpenAiCsv));
}

function ofUses(vendor: Vendor, uses: readonly TheirUse[]): ProviderExport {
  return { vendor, days: unique(uses.map(({ day }) => day)), uses };
}

function fromConsole(record: Readonly<Record<string, string>>): TheirUse {
  const day = toDay(record['usage_date_utc']);
  const model = record['model_version'] ?? record['model'] ?? '';
  if (record['cost_usd'] !== undefined) return { day, model, costMicroUsd: toMicroUsd(record['cost_usd']) };
  const inputTokens = sum(ANTHROPIC_INPUTS.map((name) => record[name]));
  return { day, model, inputTokens, outputTokens: toCount(record['usage_output_tokens']) };
}

function fromOpenAiCsv(record: Readonly<Record<string, string>>): TheirUse {
  const day = dayOfSeconds(record['start_time']);
  const { amount_value: value, line_item: line, model, input_tokens: input, output_tokens: output } = record;
  return value === undefined
    ? fromOpenAi(day, { model, input_tokens: input, output_tokens: output })
    : fromOpenAi(day, { amount: { value }, line_item: line });
}

const MICRO = 1_000_000;
const CENTS = MICRO / 100;

function toMicroUsd(value: unknown, unit = MICRO): number {
  return Math.round(toNumber(value) * unit);
}

function toCount(value: unknown): number {
  return Math.round(toNumber(value));
}

function sum(values: readonly unknown[]): number {
  return values.reduce<number>((total, value) => total + toCount(value), 0);
}

/** An empty field is nothing. Throws for what is no number: a sum without it would be wrong in silence. */
function toNumber(value: unknown): number {
  const number = value === undefined || value === null || value === '' ? 0 : Number(value);
  if (Number.isFinite(number)) return number;
  throw new Error(`The export holds ${JSON.stringify(value)} where a number belongs.`);
}

function dayOfSeconds(value: unknown): string {
  const at = new Date(toNumber(value) * 1_000);
  return at.getTime() > 0 ? at.toISOString().slice(0, 10) : noDay(value);
}

/** Of a day, or of a time of it. */
function toDay(value: unknown): string {
  const day = toText(value).slice(0, 10);
  return /^\d{4}-\d\d-\d\d$/.test(day) && Date.parse(day) > 0 ? day : noDay(value);
}

function noDay(value: unknown): never {
  throw new Error(`The export holds ${JSON.stringify(value) ?? 'nothing'} where a day belongs.`);
}
