import type { GatewayError, UpstreamFailure } from '@sluice/contract';
import { classifyStatus, tryParseJson } from '@sluice/toolkit';
import { classifyInBand, parseOpenAiError, readOpenAiError } from '@sluice/toolkit/openai-wire';

/** Any failure of a server of this dialect as an error of the table. Never throws. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'status':
      return classifyStatus(failure.head, parseOpenAiError(failure.body));
    case 'in-band':
      return classifyInBand(readOpenAiError(tryParseJson(failure.frame.data)));
  }
}
