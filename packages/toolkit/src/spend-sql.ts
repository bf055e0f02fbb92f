import type { SpendGroup, SpendQuery, SpendRange, SpendValue } from '@sluice/contract';

/**
 * What a database says in words of its own, of rows in which `i` is the intent of a request and `s` its settlement, with the
 * columns that every ledger has.
 */
export interface SpendDialect {
  /** The tables, joined. */
  readonly from: string;
  /** Joins each tag of `i` as `t.value`, and nothing where it has none. */
  readonly joinTags: string;
  /** The sum of what the attempts of `s` cost on their own; `NULL` where none did. */
  readonly abandoned: string;
  /** The sum of what was adjusted of `s` afterwards; `NULL` where nothing was. */
  readonly adjusted: string;
  /** Stands for the value that is bound as the `count`th, from 1. */
  bound(count: number): string;
  /** Whether `i` has the tag that `bound` stands for. */
  hasTag(bound: string): string;
  /** A text that is compared byte by byte. */
  text(sql: string): string;
}

/** A statement and what its places stand for, in their order. */
export interface SpendStatement {
  readonly sql: string;
  readonly parameters: readonly SpendValue[];
}

const DAY_MS = 86_400_000;

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

/** One row for each group, in the order of their values. Its columns are `SpendColumns`. */
export function groupsStatement(dialect: SpendDialect, query: SpendQuery): SpendStatement {
  const { by, after, limit } = query;
  const values = by.map((group) => (group === 'day' ? VALUE_OF.day : dialect.text(`(${VALUE_OF[group]})`)));
  const names = values.map((value, index) => `${value} AS v${index}`);
  if (by.includes('key')) names.push(`max(${dialect.text('i.key_name')}) AS "keyName"`);
  const where = inRange(dialect, query);
  if (after && by.length > 0) {
    where.addPlain(`(${values.join(', ')}) > (${after.map((value) => where.bind(value)).join(', ')})`);
  }
  const from = by.includes('tag') ? `${dialect.from} ${dialect.joinTags}` : dialect.from;
  const order = by.map((_, index) => `v${index}`).join(', ');
  const grouped = order === '' ? '' : ` GROUP BY ${order} ORDER BY ${order}`;
  const bound = limit === undefined ? '' : ` LIMIT ${Math.trunc(limit)}`;
  const sql = `SELECT ${[...names, sums(dialect)].join(', ')} FROM ${from}${where.sql}${grouped}${bound}`;
  return { sql, parameters: where.parameters };
}

/** The one row of them all. */
export function totalStatement(dialect: SpendDialect, range: SpendRange): SpendStatement {
  return groupsStatement(dialect, { ...range, by: [] });
}

function sums({ abandoned, adjusted }: SpendDialect): string {
  return `count(*) AS requests,
  count(*) FILTER (WHERE s.status >= 400) AS failures,
  sum(s.input_tokens) AS "inputTokens",
  sum(s.output_tokens) AS "outputTokens",
  sum(s.cached_tokens) AS "cachedTokens",
  sum(coalesce(s.cost_micro_usd, 0) + coalesce(${adjusted}, 0)) AS "costMicroUsd",
  sum(${abandoned}) AS "abandonedMicroUsd",
  count(*) FILTER (WHERE s.cost_micro_usd IS NULL
    AND (s.status < 400 OR s.input_tokens + s.output_tokens > 0) AND ${adjusted} IS NULL) AS unpriced,
  count(*) FILTER (WHERE s.usage_source = 'provider') AS "byProvider",
  count(*) FILTER (WHERE s.usage_source = 'counted') AS "byCounting",
  count(*) FILTER (WHERE s.usage_source = 'estimated') AS "byEstimate",
  count(*) FILTER (WHERE s.usage_source = 'unknown') AS "byNobody"`;
}

/** Parts of a condition, all of which must hold. */
class Conditions {
  readonly #dialect: SpendDialect;
  readonly #parts: string[] = [];
  readonly parameters: SpendValue[] = [];

  constructor(dialect: SpendDialect) {
    this.#dialect = dialect;
  }

  /** None where there is no value to compare with. */
  add(comparison: string, value: SpendValue | undefined): void {
    if (value !== undefined) this.addPlain(`${comparison} ${this.bind(value)}`);
  }

  addPlain(part: string): void {
    this.#parts.push(part);
  }

  bind(value: SpendValue): string {
    this.parameters.push(value);
    return this.#dialect.bound(this.parameters.length);
  }

  get sql(): string {
    return this.#parts.length === 0 ? '' : ` WHERE ${this.#parts.join(' AND ')}`;
  }
}

function inRange(dialect: SpendDialect, range: SpendRange): Conditions {
  const { sinceMs, untilMs, fromId, beforeId, tenant, only = {} } = range;
  const where = new Conditions(dialect);
  where.add('i.id >=', fromId);
  where.add('i.id <', beforeId);
  where.add('i.started_at_ms >=', sinceMs);
  where.add('i.started_at_ms <', untilMs);
  where.add('i.tenant =', tenant);
  const { tag, ...others } = only;
  for (const [group, value] of Object.entries(others)) where.add(`${VALUE_OF[group as SpendGroup]} =`, value);
  if (tag === '') where.addPlain('i.tags IS NULL');
  else if (tag !== undefined) where.addPlain(dialect.hasTag(where.bind(tag)));
  return where;
}
