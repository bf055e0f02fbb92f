import type { GatewayError, UpstreamFailure } from '@sluice/contract';
import { classifyReported, classifyStatus, isJsonObject, tryParseJson } from '@sluice/toolkit';
import type { VendorError } from '@sluice/toolkit';

/** Any failure in, one error of the table out. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'in-band':
      return classifyReported(readError(failure.frame.data));
    case 'status':
      return classifyStatus(failure.head, readError(new TextDecoder().decode(failure.body)));
  }
}

function readError(text: string): VendorError {
  const wire = tryParseJson(text);
  return isJsonObject(wire) && typeof wire['message'] === 'string' ? { message: wire['message'] } : {};
}
