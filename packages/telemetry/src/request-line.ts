import type { RequestRecord } from '@sluice/contract';
import { toOneLine } from './one-line.js';

const MAX_CHARS = 256;
/** Text that stands in JSON, and on one line, as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** The level of a request's line: the gateway's and the providers' failures stand out from the callers'. */
export function requestLevel(status: number): 'info' | 'warn' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

/**
 * The log line of a request, newline included. Its fields are chosen one by one, so that nothing slips into a log,
 * and in a fixed order; those without a value are left out. Put together by hand: `JSON.stringify` costs several times
 * as much, for every request.
 */
export function requestLine(record: RequestRecord): string {
  const { status, attempts, costMicroUsd, firstTokenMs } = record;
  return (
    `{"time":${number(record.settledAtMs)},"level":"${requestLevel(status)}","msg":"request"` +
    text(',"requestId":"', record.id) +
    text(',"clientRequestId":"', record.clientRequestId) +
    text(',"traceId":"', record.traceId) +
    text(',"spanId":"', record.spanId) +
    text(',"tenant":"', clip(record.tenant)) +
    text(',"key":"', clip(record.keyName)) +
    text(',"model":"', clip(record.model ?? record.requestedModel)) +
    text(',"provider":"', record.provider) +
    text(',"route":"', record.route) +
    `,"attempts":${attempts.length}${attempts.length > 1 ? continued(attempts) : ''},"status":${number(status)}` +
    text(',"errorCode":"', record.errorCode) +
    `,"inputTokens":${number(record.inputTokens)},"outputTokens":${number(record.outputTokens)}` +
    `,"cachedTokens":${number(record.cachedTokens)}` +
    (costMicroUsd === undefined ? '' : `,"costUsd":${number(costMicroUsd / 1_000_000)}`) +
    text(',"cache":"', record.cache) +
    text(',"guards":"', record.guards) +
    (firstTokenMs === undefined ? '' : `,"firstTokenMs":${hundredths(firstTokenMs)}`) +
    `,"durationMs":${hundredths(record.durationMs)},"overheadMs":${hundredths(record.overheadMs)}}\n`
  );
}

/** How many attempts went on with an answer that another had begun. */
function continued(attempts: RequestRecord['attempts']): string {
  let count = 0;
  for (const { continues } of attempts) if (continues) count += 1;
  return count === 0 ? '' : `,"continuations":${count}`;
}

const clip = (value: string): string => (value.length > MAX_CHARS ? value.slice(0, MAX_CHARS) : value);

/** One member of the line; `start` is all of it up to the value's first character. */
function text(start: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `${start}${PLAIN.test(value) ? value : escaped(value)}"`;
}

const escaped = (value: string): string => toOneLine(JSON.stringify(value).slice(1, -1));

/** As JSON writes numbers: `null` where there is none. */
const number = (value: number): number | null => (Number.isFinite(value) ? value : null);
const hundredths = (value: number): number | null => number(Math.round(value * 100) / 100);
