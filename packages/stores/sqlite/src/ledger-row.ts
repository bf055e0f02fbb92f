import type { AttemptRecord, LedgerIntent, LedgerRow, PricedExtras, PriceRow } from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { fromJson } from './json-column.js';

/** By name: a newer release may add a column while a process of this one still writes. */
export const INTENT_COLUMNS = `id, started_at_ms, key_id, tenant, route, requested_model, stream, owner, reserved_nano_usd,
  prompt_bytes, key_name`;
export const RARE_INTENT_COLUMNS = 'client_request_id, team, user, end_user, tags';
export const SETTLEMENT_COLUMNS = `id, settled_at_ms, status, provider, model, attempts, input_tokens, output_tokens,
  cached_tokens, cost_micro_usd, usage_source, duration_ms, price_version`;
export const RARE_SETTLEMENT_COLUMNS = 'error_code, cache, first_token_ms, usage_suspect, over_reserved, priced';

/** Intents with their settlements, if they have any; a condition may follow. */
export const SELECT_ROWS = `SELECT i.id, i.client_request_id AS clientRequestId, i.started_at_ms AS startedAtMs, i.key_id AS keyId,
    i.tenant, i.route, i.requested_model AS requestedModel, i.stream,
    i.reserved_nano_usd AS reservedNanoUsd, i.prompt_bytes AS promptBytes,
    i.key_name AS keyName, i.team, i.user, i.end_user AS endUser, i.tags,
    s.settled_at_ms AS settledAtMs, s.status, s.error_code AS errorCode, s.provider, s.model, s.attempts,
    s.input_tokens AS inputTokens, s.output_tokens AS outputTokens, s.cached_tokens AS cachedTokens,
    s.cost_micro_usd AS costMicroUsd, s.usage_source AS usageSource, s.cache, s.first_token_ms AS firstTokenMs,
    s.duration_ms AS durationMs, s.price_version AS priceVersion,
    s.usage_suspect AS usageSuspect, s.over_reserved AS overReserved, s.priced, p.rows AS prices,
    (SELECT nullif(json_group_array(json_object('id', a.id, 'requestId', a.request_id, 'madeAtMs', a.made_at_ms,
        'microUsd', a.micro_usd, 'priceVersion', a.price_version) ORDER BY a.made_at_ms, length(a.id), a.id), '[]')
      FROM ledger_adjustments a WHERE a.request_id = i.id) AS adjustments
  FROM ledger_intents i LEFT JOIN ledger_settlements s ON s.id = i.id LEFT JOIN ledger_prices p ON p.version = s.price_version`;

type IntentColumns = Columns<Omit<LedgerIntent, 'stream' | 'tags'>> & {
  readonly stream: number;
  readonly tags: string | null;
};
type Settlement = NonNullable<LedgerRow['settlement']>;
type Plain = Omit<Settlement, 'id' | 'attempts' | 'prices' | 'priced' | 'usageSuspect' | 'overReserved'>;
type SettlementColumns = Columns<Plain> & {
  readonly priced: string | null;
  readonly adjustments: string | null;
  readonly usageSuspect: number | null;
  readonly overReserved: number | null;
  readonly attempts: string;
  readonly prices: string | null;
};
/** A row of the join; all columns of the settlement are `null` while the request runs. */
export type LedgerColumns = IntentColumns & (SettlementColumns | { readonly settledAtMs: null });

export function toLedgerRow(columns: LedgerColumns): LedgerRow {
  const { id, clientRequestId, startedAtMs, keyId, keyName, tenant, team, user, endUser, tags, ...more } = columns;
  const { route, requestedModel, stream, reservedNanoUsd, promptBytes, ...rest } = more;
  const intent = toRecord<LedgerIntent>({
    ...{ id, clientRequestId, startedAtMs, keyId, keyName, tenant, team, user, endUser },
    tags: fromJson<readonly string[]>(tags),
    ...{ route, requestedModel, stream: stream === 1, reservedNanoUsd, promptBytes },
  });
  if (rest.settledAtMs === null) return intent;
  const attempts = JSON.parse(rest.attempts) as AttemptRecord[];
  const prices = fromJson<readonly PriceRow[]>(rest.prices);
  const priced = fromJson<PricedExtras>(rest.priced);
  const { adjustments: adjusted, ...columnsOfSettlement } = rest;
  const adjustments = fromJson<NonNullable<LedgerRow['adjustments']>>(adjusted);
  const flags = { usageSuspect: toFlag(rest.usageSuspect), overReserved: toFlag(rest.overReserved) };
  const settlement = toRecord<Settlement>({ id, ...columnsOfSettlement, ...flags, attempts, prices, priced });
  return { ...intent, settlement, ...(adjustments && { adjustments }) };
}

function toFlag(column: number | null): true | null {
  return column === null ? null : true;
}
