import type { RequestRecord } from '@sluice/contract';
import { toOneLine } from './one-line.js';

const MAX_CHARS = 256;

/** The level of a request's line: the gateway's and the providers' failures stand out from the callers'. */
export function requestLevel(status: number): 'info' | 'warn' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

/**
 * The log line of a request, newline included. Its fields are chosen one by one, so that nothing slips into a log,
 * and in a fixed order; those without a value are left out.
 */
export function requestLine(record: RequestRecord): string {
  const line = JSON.stringify({
    time: record.settledAtMs,
    level: requestLevel(record.status),
    msg: 'request',
    requestId: record.id,
    clientRequestId: record.clientRequestId,
    traceId: record.traceId,
    spanId: record.spanId,
    tenant: clip(record.tenant),
    key: clip(record.keyName),
    model: clip(record.model ?? record.requestedModel),
    provider: record.provider,
    route: record.route,
    attempts: record.attempts.length,
    status: record.status,
    errorCode: record.errorCode,
    inputTokens: record.inputTokens,
    outputTokens: record.outputTokens,
    cachedTokens: record.cachedTokens,
    costUsd: record.costMicroUsd === undefined ? undefined : record.costMicroUsd / 1_000_000,
    cache: record.cache,
    firstTokenMs: record.firstTokenMs === undefined ? undefined : toHundredths(record.firstTokenMs),
    durationMs: toHundredths(record.durationMs),
    overheadMs: toHundredths(record.overheadMs),
  });
  return `${toOneLine(line)}\n`;
}

const clip = (value: string): string => (value.length > MAX_CHARS ? value.slice(0, MAX_CHARS) : value);
const toHundredths = (value: number): number => Math.round(value * 100) / 100;
