import type { GatewayError, UpstreamFailure } from '@sluice/contract';
import { decodeText, tryParseJson } from '@sluice/toolkit';
import { classifyGoogle, classifyGoogleInBand, readGoogleError } from '@sluice/toolkit/gemini-wire';

/** Any failure in, one error of the table out. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'status':
      return classifyGoogle(failure.head, readGoogleError(tryParseJson(decodeText(failure.body))));
    case 'in-band':
      return classifyGoogleInBand(readGoogleError(tryParseJson(failure.frame.data)));
  }
}
