import { errorRow, statusOf } from '@sluice/contract';
import type { GatewayError, WrittenError } from '@sluice/contract';
import { writeErrorHeaders } from '@sluice/toolkit';

interface ErrorContext {
  readonly requestId: string;
}

/** An error as a plain answer: an id and words. https://docs.cohere.com/reference/errors */
export function writeCohereError(error: GatewayError, context: ErrorContext): WrittenError {
  return { status: statusOf(error), headers: writeErrorHeaders(error), body: toBody(error, context) };
}

/** The dialect has no streams; this is what one would end with. */
export function writeCohereStreamError(error: GatewayError, context: ErrorContext): string {
  return `event: error\ndata: ${toBody(error, context)}\n\n`;
}

/** `code` and `param` are the gateway's own, beside what Cohere's clients read. */
function toBody({ code, message, details }: GatewayError, { requestId }: ErrorContext): string {
  const shown = code === 'upstream_rejected' ? (details.upstreamCode ?? code) : (errorRow(code).shownAs ?? code);
  return JSON.stringify({ id: requestId, message, code: shown, ...(details.param ? { param: details.param } : {}) });
}
