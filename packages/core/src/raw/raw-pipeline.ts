import type { GatewayError, WrittenError } from '@sluice/contract';
import type { Answer } from '../answer.js';
import { isUnderKey } from '../once.js';
import { openCall } from '../pipeline.js';
import type { ReceivedCall } from '../received-call.js';
import type { SnapshotHolder } from '../snapshot.js';
import { RawRun } from './raw-run.js';
import type { RawAsked } from './raw-run.js';

/** Names these requests in logs, metrics and the ledger. */
export const RAW_ROUTE = '/passthrough/{provider}';

export interface RawPipelineParts {
  readonly snapshots: Pick<SnapshotHolder, 'acquire'>;
  /** A failure as the caller's client reads it, which shows by what it asked. */
  writeError(error: GatewayError, received: ReceivedCall, asked: RawAsked): WrittenError;
}

/** Answers a request with what the vendor answers. Never rejects. */
export type RawPipeline = (received: ReceivedCall, asked: RawAsked) => Promise<Answer>;

/**
 * Requests in a vendor's own words, at any address of its API: passed on as they came, with the gateway's limits, ledger
 * and circuits around them. The body is held whole, for what it asks must be known before anything is sent; the answer is
 * pulled as it comes.
 */
export function createRawPipeline({ snapshots, writeError }: RawPipelineParts): RawPipeline {
  return (received, asked) => {
    const context = openCall({ received, route: RAW_ROUTE }, snapshots);
    const write = (error: GatewayError): WrittenError => writeError(error, received, asked);
    const run = new RawRun({ ...context, asked, write });
    return isUnderKey(received) && asked.method === 'POST' ? run.answerOnce() : run.answer();
  };
}
