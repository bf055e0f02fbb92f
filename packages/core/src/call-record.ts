import { statusOf } from '@sluice/contract';
import type { GatewayError, LedgerIntent, Outcome, Principal, RequestRecord } from '@sluice/contract';
import { toMicroUsd } from '@sluice/toolkit';
import type { Writable } from '@sluice/toolkit';
import type { Call } from './call.js';
import { pricedBy } from './priced-by.js';
import { toNanoUsd } from './usd.js';

const NOBODY: Partial<Principal> = {};

type Intent = LedgerIntent & Pick<RequestRecord, 'keyName'>;

/** What of a request is in the ledger before a provider is asked. */
export function intentOf(call: Call, reservedNanoUsd?: number): Intent {
  const { requestId, clientRequestId } = call.received;
  const { keyId = '', keyName = '', tenant = '', team, user } = call.principal ?? NOBODY;
  const intent: Writable<Intent> = {
    id: requestId,
    startedAtMs: call.startedAtMs,
    keyId,
    keyName,
    tenant,
    route: call.route,
    requestedModel: call.requestedModel,
    stream: call.stream,
  };
  if (clientRequestId !== undefined) intent.clientRequestId = clientRequestId;
  if (team !== undefined) intent.team = team;
  if (user !== undefined) intent.user = user;
  if (call.endUser !== undefined) intent.endUser = call.endUser;
  if (call.tags !== undefined) intent.tags = call.tags;
  if (call.bodyBytes > 0) intent.promptBytes = call.bodyBytes;
  if (reservedNanoUsd !== undefined) intent.reservedNanoUsd = reservedNanoUsd;
  return intent;
}

/** The one record from which log line, metrics and ledger row are written. */
export function recordOf(call: Call, outcome: Outcome): RequestRecord {
  const { usage, source, isSuspect } = call.used();
  const record: Writable<RequestRecord> = {
    ...intentOf(call),
    traceId: call.received.trace.traceId,
    spanId: call.received.trace.spanId,
    settledAtMs: call.nowMs(),
    status: statusAt(call, outcome),
    attempts: call.attempts,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cachedTokens: usage?.cachedInputTokens ?? 0,
    usageSource: source,
    durationMs: call.elapsedMs(),
    overheadMs: call.overheadMs(),
  };
  const error = failureOf(outcome);
  if (error !== undefined) record.errorCode = error;
  // Of a failure, the last target asked: who reads the metrics wants to know which provider fails.
  const place = call.served ?? call.attempts.at(-1);
  if (place) {
    record.provider = place.provider;
    record.model = place.model;
  }
  const priced = pricedBy(usage, call.summary?.serviceTier);
  if (priced !== undefined) record.priced = priced;
  writeCost(call, record);
  if (isSuspect) record.usageSuspect = true;
  if (call.cache !== undefined) record.cache = call.cache;
  if (call.firstTokenMs !== undefined) record.firstTokenMs = call.firstTokenMs;
  const guarded = call.guards?.noted('all');
  if (guarded !== undefined) record.guards = guarded;
  return record;
}

function writeCost(call: Call, record: Writable<RequestRecord>): void {
  const cost = call.cost();
  if (cost === undefined) return;
  record.costMicroUsd = toMicroUsd(cost);
  const { prices, reservedNanoUsd } = call;
  if (prices) record.prices = prices;
  if (reservedNanoUsd !== undefined && toNanoUsd(cost) > reservedNanoUsd) record.overReserved = true;
}

function statusAt({ status }: Call, outcome: Outcome): number {
  if (outcome.kind === 'client-gone') return 499;
  if (status !== 0) return status;
  return outcome.kind === 'failed' ? statusOf(outcome.error) : 200;
}

function failureOf(outcome: Outcome): GatewayError['code'] | undefined {
  if (outcome.kind === 'completed') return undefined;
  return outcome.kind === 'failed' ? outcome.error.code : 'client_closed_request';
}
