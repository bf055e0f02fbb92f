import type { SpendGroup, SpendQuery, SpendRange, SpendValue } from '@sluice/contract';

const DAY_MS = 86_400_000;

/** What each group is in the rows of `FROM_ROWS`. */
const VALUE_OF: Readonly<Record<SpendGroup, string>> = {
  day: `i.started_at_ms / ${DAY_MS}`,
  org: 'i.tenant',
  team: `coalesce(i.team, '')`,
  user: `coalesce(i.user, '')`,
  endUser: `coalesce(i.end_user, '')`,
  key: 'i.key_id',
  provider: `coalesce(s.provider, '')`,
  model: `coalesce(s.model, '')`,
  alias: 'i.requested_model',
  tag: `coalesce(t.value, '')`,
};

const FROM_ROWS = 'FROM ledger_intents i JOIN ledger_settlements s ON s.id = i.id';
const WITH_TAGS = `${FROM_ROWS} LEFT JOIN json_each(i.tags) t`;

/** Attempts are text, and next to none of them has a cost of its own. */
const ABANDONED = `CASE WHEN instr(s.attempts, '"costMicroUsd"') > 0
    THEN (SELECT sum(a.value ->> 'costMicroUsd') FROM json_each(s.attempts) a) END`;

const SUMS = `count(*) AS requests,
  sum(s.status >= 400) AS failures,
  sum(s.input_tokens) AS inputTokens,
  sum(s.output_tokens) AS outputTokens,
  sum(s.cached_tokens) AS cachedTokens,
  sum(s.cost_micro_usd) AS costMicroUsd,
  sum(${ABANDONED}) AS abandonedMicroUsd,
  sum(s.cost_micro_usd IS NULL AND (s.status < 400 OR s.input_tokens + s.output_tokens > 0)) AS unpriced,
  sum(s.usage_source = 'provider') AS byProvider,
  sum(s.usage_source = 'counted') AS byCounting,
  sum(s.usage_source = 'estimated') AS byEstimate,
  sum(s.usage_source = 'unknown') AS byNobody`;

/** A statement and what its question marks stand for. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SpendValue[];
}

/** Parts of a condition. */
class Conditions {
  readonly #parts: string[] = [];
  readonly parameters: SpendValue[] = [];

  add(part: string, ...parameters: readonly (SpendValue | undefined)[]): void {
    const given = parameters.filter((parameter) => parameter !== undefined);
    if (given.length < parameters.length) return;
    this.#parts.push(part);
    this.parameters.push(...given);
  }

  get sql(): string {
    return this.#parts.length === 0 ? '' : ` WHERE ${this.#parts.join(' AND ')}`;
  }
}

/** One row for each group. */
export function groupsStatement(query: SpendQuery): Statement {
  const { by, after, limit } = query;
  const values = by.map((group) => VALUE_OF[group]);
  const names = values.map((value, index) => `${value} AS v${index}`);
  if (by.includes('key')) names.push('max(i.key_name) AS keyName');
  const where = inRange(query);
  if (after && by.length > 0) {
    where.add(`(${values.join(', ')}) > (${values.map(() => '?').join(', ')})`, ...after);
  }
  const from = by.includes('tag') ? WITH_TAGS : FROM_ROWS;
  const order = by.map((_, index) => `v${index}`).join(', ');
  const grouped = order === '' ? '' : ` GROUP BY ${order} ORDER BY ${order}`;
  const bound = limit === undefined ? '' : ` LIMIT ${Math.trunc(limit)}`;
  const sql = `SELECT ${[...names, SUMS].join(', ')} ${from}${where.sql}${grouped}${bound}`;
  return { sql, parameters: where.parameters };
}

/** The one row of them all. */
export function totalStatement(range: SpendRange): Statement {
  return groupsStatement({ ...range, by: [] });
}

function inRange({ sinceMs, untilMs, fromId, beforeId, tenant, only = {} }: SpendRange): Conditions {
  const where = new Conditions();
  where.add('i.id >= ?', fromId);
  where.add('i.id < ?', beforeId);
  where.add('i.started_at_ms >= ?', sinceMs);
  where.add('i.started_at_ms < ?', untilMs);
  where.add('i.tenant = ?', tenant);
  const { tag, ...others } = only;
  for (const [group, value] of Object.entries(others)) where.add(`${VALUE_OF[group as SpendGroup]} = ?`, value);
  if (tag === '') where.add('i.tags IS NULL');
  else where.add('EXISTS (SELECT 1 FROM json_each(i.tags) WHERE value = ?)', tag);
  return where;
}
