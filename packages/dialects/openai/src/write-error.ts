import { errorRow, statusOf } from '@sluice/contract';
import type { ErrorCode, GatewayError, WrittenError } from '@sluice/contract';
import { writeErrorHeaders } from '@sluice/toolkit';

/** An error as a plain answer. Also what the admin API and unknown routes say. */
export function writeOpenAiError(error: GatewayError): WrittenError {
  return {
    status: statusOf(error),
    headers: writeErrorHeaders(error),
    body: JSON.stringify(writeErrorBody(error)),
  };
}

/** The one frame with which a stream fails after its first byte. No `[DONE]` follows: the answer is not whole. */
export function writeOpenAiStreamError(error: GatewayError): string {
  return `data: ${JSON.stringify(writeErrorBody(error))}\n\n`;
}

interface WireError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** The `error` object, as it stands in a body of its own. */
export function writeErrorBody({ code, message, details }: GatewayError): { readonly error: WireError } {
  return {
    error: {
      message,
      type: errorRow(code).type,
      param: details.param ?? null,
      code: writeCode(code, details.upstreamCode),
    },
  };
}

function writeCode(code: ErrorCode, upstreamCode: string | undefined): string {
  return code === 'upstream_rejected' && upstreamCode !== undefined ? upstreamCode : (errorRow(code).shownAs ?? code);
}
