import type { AttemptRecord, LedgerIntent, LedgerRow, PriceRow } from '@sluice/contract';
import { toRecord } from './columns.js';
import type { Columns } from './columns.js';
import { fromJson } from './json-column.js';

/** Intents with their settlements, if they have any; a condition may follow. */
export const SELECT_ROWS = `SELECT i.id, i.client_request_id AS clientRequestId, i.started_at_ms AS startedAtMs, i.key_id AS keyId,
    i.tenant, i.route, i.requested_model AS requestedModel, i.stream,
    i.reserved_nano_usd AS reservedNanoUsd, i.prompt_bytes AS promptBytes,
    s.settled_at_ms AS settledAtMs, s.status, s.error_code AS errorCode, s.provider, s.model, s.attempts,
    s.input_tokens AS inputTokens, s.output_tokens AS outputTokens, s.cached_tokens AS cachedTokens,
    s.cost_micro_usd AS costMicroUsd, s.usage_source AS usageSource, s.cache, s.first_token_ms AS firstTokenMs,
    s.duration_ms AS durationMs, s.price_version AS priceVersion, p.rows AS prices
  FROM ledger_intents i LEFT JOIN ledger_settlements s ON s.id = i.id LEFT JOIN ledger_prices p ON p.version = s.price_version`;

type IntentColumns = Columns<Omit<LedgerIntent, 'stream'>> & { readonly stream: number };
type Settlement = NonNullable<LedgerRow['settlement']>;
type SettlementColumns = Columns<Omit<Settlement, 'id' | 'attempts' | 'prices'>> & {
  readonly attempts: string;
  readonly prices: string | null;
};
/** A row of the join; all columns of the settlement are `null` while the request runs. */
export type LedgerColumns = IntentColumns & (SettlementColumns | { readonly settledAtMs: null });

export function toLedgerRow(columns: LedgerColumns): LedgerRow {
  const {
    id,
    clientRequestId,
    startedAtMs,
    keyId,
    tenant,
    route,
    requestedModel,
    stream,
    reservedNanoUsd,
    promptBytes,
    ...rest
  } = columns;
  const intent = toRecord<LedgerIntent>({
    id,
    clientRequestId,
    startedAtMs,
    keyId,
    tenant,
    route,
    requestedModel,
    stream: stream === 1,
    reservedNanoUsd,
    promptBytes,
  });
  if (rest.settledAtMs === null) return intent;
  const attempts = JSON.parse(rest.attempts) as AttemptRecord[];
  const prices = fromJson<readonly PriceRow[]>(rest.prices);
  return { ...intent, settlement: toRecord<Settlement>({ id, ...rest, attempts, prices }) };
}
