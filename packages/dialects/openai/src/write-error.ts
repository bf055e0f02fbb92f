import { errorRow } from '@sluice/contract';
import type { ErrorCode, GatewayError, WrittenError } from '@sluice/contract';

const MAX_RETRY_SECONDS = 3_600;

/** An error as a plain answer. Also what the admin API and unknown routes say. */
export function writeOpenAiError(error: GatewayError): WrittenError {
  return {
    status: errorRow(error.code).status,
    headers: writeHeaders(error),
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

function writeHeaders({ code, details }: GatewayError): Readonly<Record<string, string>> {
  const { status } = errorRow(code);
  const retryAfter = writeRetryAfter(code, details.retryAfterMs);
  return {
    ...details.headers,
    'content-type': 'application/json; charset=utf-8',
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="sluice"' } : {}),
    ...(details.allow ? { allow: details.allow.join(', ') } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
}

/** Whole seconds, where the status promises them; a budget names them only if its window starts anew. */
function writeRetryAfter(code: ErrorCode, ms: number | undefined): number | undefined {
  const { status } = errorRow(code);
  if (status !== 409 && status !== 429 && status !== 503) return undefined;
  if (ms === undefined) return code === 'insufficient_quota' ? undefined : 1;
  return Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(ms / 1_000)));
}
