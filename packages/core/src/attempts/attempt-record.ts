import type { AttemptRecord, GatewayError } from '@sluice/contract';
import type { Writable } from '@sluice/toolkit';
import type { Leg } from './leg.js';

/** Who was asked, with which key. */
export type Recorded = Pick<Leg, 'candidate' | 'account' | 'racing'>;

/** What the ledger keeps of one try. */
export function toRecord(tried: Recorded, durationMs: number, failure?: GatewayError): AttemptRecord {
  const record = begin(tried, durationMs);
  const status = failure ? failure.details.upstreamStatus : 200;
  if (status !== undefined) record.status = status;
  if (failure) record.errorCode = failure.code;
  return record;
}

/** Of a try that was ended because another one answered first. */
export function toAbandoned(tried: Recorded, durationMs: number, costMicroUsd: number | undefined): AttemptRecord {
  const record = begin(tried, durationMs);
  record.abandoned = true;
  if (costMicroUsd !== undefined) record.costMicroUsd = costMicroUsd;
  return record;
}

function begin(
  { candidate: { target }, account: { key }, racing }: Recorded,
  durationMs: number,
): Writable<AttemptRecord> {
  const { provider, model } = target;
  const record: Writable<AttemptRecord> = { provider, model, durationMs };
  if (key !== undefined) record.key = key;
  if (racing?.isSecond) record.hedge = true;
  return record;
}
