import { RequestFault, type Fault } from '../../steps.js';
import { TEST_CREDENTIALS } from '../../credentials.js';
import { snake } from './names.js';
import type { Asked, Vendor } from '../wire.js';
import type { Flaw, Path } from '../../shape/shape.js';
import type { JsonObject } from '../../question.js';

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
const RPC = 'type.googleapis.com/google.rpc';

/**
 * Google's errors. Sources: ai.google.dev/gemini-api/docs/troubleshooting; cloud.google.com/apis/design/errors;
 * github.com/googleapis/googleapis, google/rpc/error_details.proto (RetryInfo, QuotaFailure, BadRequest, ErrorInfo).
 */
export const GEMINI: Vendor = {
  name: 'gemini',
  requestIdHeader: '',
  cacheRule: 'automatic',
  admit,
  fault(fault, _, url) {
    const body = writeFault(fault);
    // A stream that is no SSE is a JSON array, and so is its error.
    return isArrayStream(url) ? [body] : body;
  },
};

function isArrayStream(url: string): boolean {
  return url.includes(':streamGenerateContent') && !/[?&]alt=sse(&|$)/.test(url);
}

export function writeFault({ status, message, model, kind, code, retry, param }: Fault): JsonObject {
  const details = [
    ...(kind === 'quota' || kind === 'rate-limit' ? [QUOTA_FAILURE] : []),
    ...(retry?.form === 'vendor' ? [{ '@type': `${RPC}.RetryInfo`, retryDelay: `${retry.ms / 1_000}s` }] : []),
    ...(code === undefined ? [] : [errorInfo(code)]),
    ...(kind === 'invalid' && param !== undefined ? [badRequest(param, message)] : []),
  ];
  return {
    error: {
      code: status,
      message: model === undefined ? message : noModel(model),
      status: STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNKNOWN'),
      ...(details.length > 0 && { details }),
    },
  };
}

const QUOTA_FAILURE: JsonObject = {
  '@type': `${RPC}.QuotaFailure`,
  violations: [
    {
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
      quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
    },
  ],
};

function errorInfo(reason: string): JsonObject {
  return {
    '@type': `${RPC}.ErrorInfo`,
    reason,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
}

function badRequest(field: string, description: string): JsonObject {
  return { '@type': `${RPC}.BadRequest`, fieldViolations: [{ field, description }] };
}

function noModel(model: string): string {
  return `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`;
}

function admit({ headers, query, world }: Asked): void {
  if (!world.checkKeys) return;
  const key = headers['x-goog-api-key'] ?? query.get('key') ?? undefined;
  if (key === TEST_CREDENTIALS.gemini.apiKey) return;
  if (key === undefined) {
    throw new RequestFault({
      kind: 'permission',
      status: 403,
      message:
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    });
  }
  throw new RequestFault({
    kind: 'authentication',
    status: 400,
    message: 'API key not valid. Please pass a valid API key.',
    code: 'API_KEY_INVALID',
  });
}

/** Throws the vendor's 400. */
export function refuseArgument(message: string, field?: string): never {
  throw new RequestFault({ kind: 'invalid', status: 400, message, ...(field !== undefined && { param: field }) });
}

/** Throws the vendor's 400 for a flaw, in the words of its JSON parser. */
export function refuseFlaw(flaw: Flaw): never {
  const field = toField(flaw.path);
  const last = flaw.path.at(-1);
  switch (flaw.kind) {
    case 'unknown': {
      const parent = toField(flaw.path.slice(0, -1));
      const where = parent === '' ? '' : ` at '${parent}'`;
      return refuseArgument(
        `Invalid JSON payload received. Unknown name "${String(last)}"${where}: Cannot find field.`,
        parent,
      );
    }
    case 'missing':
      return refuseArgument(`* GenerateContentRequest.${field}: ${String(last)} is required`, field);
    case 'range':
      return refuseArgument(
        `* GenerateContentRequest.${field}: ${snake(String(last))} must be in the range [${flaw.min}, ${flaw.max}].`,
        field,
      );
    case 'length':
      return refuseArgument(`* GenerateContentRequest.${field}: ${snake(String(last))} is not specified`, field);
    case 'type':
    case 'value':
      return refuseArgument(`Invalid value at '${field}' (${protoType(flaw)}), ${JSON.stringify(flaw.value)}`, field);
  }
}

function protoType({ kind, expected }: Flaw): string {
  if (kind === 'value') return 'TYPE_ENUM';
  return PROTO_TYPES[expected] ?? 'TYPE_MESSAGE';
}
const PROTO_TYPES: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  number: 'TYPE_FLOAT',
  integer: 'TYPE_INT32',
  boolean: 'TYPE_BOOL',
};

/** `contents[0].parts[1].function_call` */
function toField(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${snake(step)}`))
    .join('');
}
