import { gatewayError } from '@sluice/contract';
import type { GatewayError, ResponseHead, UpstreamFailure } from '@sluice/contract';
import {
  asText,
  classifyReported,
  classifyStatus,
  decodeText,
  given,
  isJsonObject,
  tryParseJson,
} from '@sluice/toolkit';
import type { VendorError } from '@sluice/toolkit';

/**
 * What a code means where its status says something else. A used-up quota comes as a 403 and a model that is not there, or
 * not there for this method, as a 400. The codes are those of github.com/IBM/watsonx-ai-java-sdk at e07dd51,
 * WatsonxError.java and AsyncHttpClientTest.java.
 */
const STATUS_OF_CODE: ReadonlyMap<string | undefined, number> = new Map([
  ['token_quota_reached', 429],
  ['consumption_limit_reached', 429],
  ['model_not_supported', 404],
  ['model_no_support_for_function', 404],
]);

/** "the number of input tokens 4098 cannot exceed the total tokens limit 4096 for this model" */
const TOO_LONG = /input tokens \d+ cannot exceed/;

/** Any failure in, one error of the table out: npm @ibm-cloud/watsonx-ai 1.7.16, types/vml_v1.d.ts, `ApiErrorResponse`. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'in-band': {
      const { error, status } = readError(failure.frame.data);
      return classifyReported(error, status);
    }
    case 'status': {
      const { error } = readError(decodeText(failure.body));
      return classifyAnswer(failure.head, error);
    }
  }
}

function classifyAnswer(head: ResponseHead, vendor: VendorError): GatewayError {
  const status = STATUS_OF_CODE.get(vendor.code) ?? head.status;
  const error = classifyStatus({ ...head, status }, vendor);
  if (status === head.status) return error;
  return gatewayError(error.code, {
    message: error.message,
    details: { ...error.details, upstreamStatus: head.status },
  });
}

interface ReadError {
  readonly error: VendorError;
  readonly status?: number;
}

/** `{ errors: [{ code, message, target }], status_code }`, of which the first error counts. */
function readError(text: string): ReadError {
  const wire = tryParseJson(text);
  const first: unknown = isJsonObject(wire) && Array.isArray(wire.errors) ? wire.errors[0] : undefined;
  if (!isJsonObject(wire) || !isJsonObject(first)) return { error: {} };
  const [code, message] = [asText(first.code), asText(first.message)];
  const status = STATUS_OF_CODE.get(code) ?? (typeof wire.status_code === 'number' ? wire.status_code : undefined);
  const type = message !== undefined && TOO_LONG.test(message) ? 'context_length_exceeded' : undefined;
  return { error: { code, message, type, param: paramOf(first.target) }, ...given('status', status) };
}

function paramOf(target: unknown): string | undefined {
  return isJsonObject(target) && target.type !== 'header' ? asText(target.name) : undefined;
}
