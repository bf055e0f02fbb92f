import type { AttemptRecord, GatewayError } from '@sluice/contract';
import type { Writable } from '@sluice/toolkit';
import type { Candidate } from '../routing/plan.js';
import type { Account } from './key-ring.js';

/** What the ledger keeps of one try. */
export function toRecord(
  { candidate: { target }, account: { key } }: { readonly candidate: Candidate; readonly account: Account },
  durationMs: number,
  failure?: GatewayError,
): AttemptRecord {
  const { provider, model } = target;
  const record: Writable<AttemptRecord> = { provider, model, durationMs };
  const status = failure ? failure.details.upstreamStatus : 200;
  if (status !== undefined) record.status = status;
  if (failure) record.errorCode = failure.code;
  if (key !== undefined) record.key = key;
  return record;
}
