import { gatewayError } from '@sluice/contract';
import type { Frame, GatewayError, ResponseHead, UpstreamFailure } from '@sluice/contract';
import { asText, classifyReported, classifyStatus, decodeText, isJsonObject, tryParseJson } from '@sluice/toolkit';
import type { VendorError } from '@sluice/toolkit';

/**
 * The status that stands for a kind of failure: the one it is sent with, or a better one where its own says less.
 * npm @aws-sdk/client-bedrock-runtime 3.1164.0, dist-es/schemas/schemas_0.js;
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
const STATUS_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ['AccessDeniedException', 403],
  ['ConflictException', 400],
  ['ExpiredTokenException', 403],
  ['IncompleteSignatureException', 403],
  ['InternalServerException', 500],
  ['InvalidSignatureException', 403],
  ['MissingAuthenticationTokenException', 403],
  // The model failed, although the number is one for faults of the caller.
  ['ModelErrorException', 500],
  // It is still being loaded, which is no limit of the account.
  ['ModelNotReadyException', 503],
  ['ModelStreamErrorException', 500],
  ['ModelTimeoutException', 408],
  ['ResourceNotFoundException', 404],
  ['ServiceQuotaExceededException', 429],
  ['ServiceUnavailableException', 503],
  ['ThrottlingException', 429],
  ['UnrecognizedClientException', 403],
  ['ValidationException', 400],
]);

/** What a `ValidationException` says of a model that is not to be had under this id. */
const NO_SUCH_MODEL =
  /model identifier is invalid|on-demand throughput isn.t supported|model (?:id|arn) .{0,200}not found/i;
const TOO_LONG =
  /input is too long|too many (?:input )?tokens|exceeds? the (?:maximum|model).{0,40}(?:tokens|context)/i;

/** Any failure in, one error of the table out. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'in-band':
      return classifyException(failure.frame);
    case 'status':
      return classifyAnswer(failure.head, failure.body);
  }
}

/** True for a frame that the reader made of an exception or an error, not of an event. */
export function isException({ event }: Frame): boolean {
  return event !== undefined && (event === 'error' || event.endsWith('Exception'));
}

/** An exception inside of a stream. */
export function classifyException({ event, data }: Frame): GatewayError {
  const vendor = readError(tryParseJson(data), event === 'error' ? undefined : event);
  const status = statusOf(vendor);
  return classifyReported(explained(vendor, status), status);
}

function classifyAnswer(head: ResponseHead, body: Uint8Array): GatewayError {
  const vendor = readError(tryParseJson(decodeText(body)), head.headers['x-amzn-errortype']);
  const status = statusOf(vendor, head.status) ?? head.status;
  const error = classifyStatus({ ...head, status }, explained(vendor, status));
  if (status === head.status) return error;
  const { code, message, details } = error;
  return gatewayError(code, { message, details: { ...details, upstreamStatus: head.status } });
}

/** `{"message": ...}`; the type stands in a header, before a colon and an address, or behind a `#` in the body. */
function readError(body: unknown, named: string | undefined): VendorError {
  const fields = isJsonObject(body) ? body : {};
  const type = named ?? asText(fields.__type) ?? asText(fields.code);
  return {
    message: asText(fields.message) ?? asText(fields.Message) ?? asText(fields.originalMessage),
    type: type?.split(':', 1)[0]?.split('#').at(-1),
  };
}

/** The kind of failure says more than the status that it was sent with. `sent` is absent inside of a stream. */
function statusOf({ type = '', message = '' }: VendorError, sent?: number): number | undefined {
  const status = STATUS_OF_TYPE.get(`${type.charAt(0).toUpperCase()}${type.slice(1)}`) ?? sent;
  return status === 400 && NO_SUCH_MODEL.test(message) ? 404 : status;
}

/** The vendor has one code for every refusal; what is too long is told apart by its words. */
function explained(vendor: VendorError, status: number | undefined): VendorError {
  return status === 400 && TOO_LONG.test(vendor.message ?? '') ? { ...vendor, code: 'context_length' } : vendor;
}
