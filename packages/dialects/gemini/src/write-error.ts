import { errorRow, statusOf } from '@sluice/contract';
import type { ErrorContext, GatewayError, JsonObject, WrittenError } from '@sluice/contract';
import { writeErrorHeaders } from '@sluice/toolkit';
import { writeGoogleError } from '@sluice/toolkit/gemini-wire';

/** An error as a plain answer of this dialect. */
export function writeGeminiError(error: GatewayError): WrittenError {
  return { status: statusOf(error), headers: writeErrorHeaders(error), body: toBody(error) };
}

/** An error in place of the rest of a stream. A list is left open: who reads it whole must not take it for one. */
export function writeGeminiStreamError(error: GatewayError, { streamType }: ErrorContext): string {
  return streamType === undefined ? `data: ${toBody(error)}\n\n` : `,\n${toBody(error)}`;
}

/** The gateway's code as the reason, as Google's own reasons come: https://google.aip.dev/193 */
function toBody(error: GatewayError): string {
  const { code, message, details } = error;
  const { shownAs } = errorRow(code);
  const reason = code === 'upstream_rejected' ? (details.upstreamCode ?? code) : (shownAs ?? code);
  const rows: JsonObject[] = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'sluice' },
    ...(details.param === undefined ? [] : [badRequest(details.param, message)]),
    ...(details.retryAfterMs === undefined ? [] : [retryInfo(details.retryAfterMs)]),
  ];
  return writeGoogleError(statusOf(error), message, rows);
}

function badRequest(field: string, description: string): JsonObject {
  return { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] };
}

function retryInfo(ms: number): JsonObject {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.max(1, Math.ceil(ms / 1_000))}s` };
}
