import type { SpendGroup, SpendQuery, SpendRange, SpendValue } from '@sluice/contract';

const DAY_MS = 86_400_000;

/** What each group is in the rows of `FROM_ROWS`. */
const VALUE_OF: Readonly<Record<SpendGroup, string>> = {
  day: `i.started_at_ms / ${DAY_MS}`,
  org: 'i.tenant',
  team: `coalesce(i.team, '')`,
  user: `coalesce(i."user", '')`,
  endUser: `coalesce(i.end_user, '')`,
  key: 'i.key_id',
  provider: `coalesce(s.provider, '')`,
  model: `coalesce(s.model, '')`,
  alias: 'i.requested_model',
  tag: `coalesce(t.value, '')`,
};

const FROM_ROWS = `FROM sluice.ledger_intents i
  JOIN sluice.ledger_settlements s ON s.id = i.id AND s.machine = i.machine`;
const WITH_TAGS = `${FROM_ROWS} LEFT JOIN LATERAL jsonb_array_elements_text(i.tags) t(value) ON true`;

/** Next to no attempt has a cost of its own. */
const ABANDONED = `CASE WHEN jsonb_path_exists(s.attempts, '$[*].costMicroUsd')
    THEN (SELECT sum((a ->> 'costMicroUsd')::numeric) FROM jsonb_array_elements(s.attempts) a) END`;

const SUMS = `count(*) AS requests,
  count(*) FILTER (WHERE s.status >= 400) AS failures,
  sum(s.input_tokens) AS "inputTokens",
  sum(s.output_tokens) AS "outputTokens",
  sum(s.cached_tokens) AS "cachedTokens",
  sum(s.cost_micro_usd) AS "costMicroUsd",
  sum(${ABANDONED}) AS "abandonedMicroUsd",
  count(*) FILTER (WHERE s.cost_micro_usd IS NULL
    AND (s.status < 400 OR s.input_tokens + s.output_tokens > 0)) AS unpriced,
  count(*) FILTER (WHERE s.usage_source = 'provider') AS "byProvider",
  count(*) FILTER (WHERE s.usage_source = 'counted') AS "byCounting",
  count(*) FILTER (WHERE s.usage_source = 'estimated') AS "byEstimate",
  count(*) FILTER (WHERE s.usage_source = 'unknown') AS "byNobody"`;

/** A statement and what its `$1`, `$2` and so on stand for. */
export interface Statement {
  readonly sql: string;
  readonly parameters: SpendValue[];
}

/** Parts of a condition. */
class Conditions {
  readonly #parts: string[] = [];
  readonly parameters: SpendValue[] = [];

  /** `?` in a part stands for the value; without a value the part is none. */
  add(part: string, value: SpendValue | undefined): void {
    if (value !== undefined) this.#parts.push(part.replace('?', () => this.bind(value)));
  }

  addPlain(part: string): void {
    this.#parts.push(part);
  }

  /** PostgreSQL's text has no NUL; in the rows U+FFFD has its place. */
  bind(value: SpendValue): string {
    this.parameters.push(typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd') : value);
    return `$${this.parameters.length}`;
  }

  get sql(): string {
    return this.#parts.length === 0 ? '' : ` WHERE ${this.#parts.join(' AND ')}`;
  }
}

/** One row for each group. Text is in the order of its bytes, whatever the collation of the database is. */
export function groupsStatement(query: SpendQuery): Statement {
  const { by, after, limit } = query;
  const values = by.map((group) => (group === 'day' ? VALUE_OF.day : `(${VALUE_OF[group]}) COLLATE "C"`));
  const names = values.map((value, index) => `${value} AS v${index}`);
  if (by.includes('key')) names.push('max(i.key_name COLLATE "C") AS "keyName"');
  const where = inRange(query);
  if (after && by.length > 0) {
    where.addPlain(`(${values.join(', ')}) > (${after.map((value) => where.bind(value)).join(', ')})`);
  }
  const from = by.includes('tag') ? WITH_TAGS : FROM_ROWS;
  const order = by.map((_, index) => index + 1).join(', ');
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
  if (tag === '') where.addPlain('i.tags IS NULL');
  else where.add('i.tags @> to_jsonb(?::text)', tag);
  return where;
}
