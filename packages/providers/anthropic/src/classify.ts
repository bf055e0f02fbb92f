import type { GatewayError, UpstreamFailure } from '@sluice/contract';
import { decodeText, classifyStatus, tryParseJson } from '@sluice/toolkit';
import { classifyInBand, readAnthropicError } from '@sluice/toolkit/anthropic-wire';

/** The vendor says 400 where the account is out of money; the request is not at fault then. */
const OUT_OF_CREDIT = /credit balance is too low|usage limits|spend limit/i;

/** Any failure in, one error of the table out. */
export function classify(failure: UpstreamFailure): GatewayError {
  switch (failure.stage) {
    case 'transport':
      return failure.error;
    case 'in-band':
      return classifyInBand(readAnthropicError(tryParseJson(failure.frame.data)));
    case 'status': {
      const vendor = readAnthropicError(tryParseJson(decodeText(failure.body)));
      const unpaid = failure.head.status === 400 && OUT_OF_CREDIT.test(vendor.message ?? '');
      return classifyStatus(unpaid ? { ...failure.head, status: 402 } : failure.head, vendor);
    }
  }
}
