import type { Passthrough } from '@sluice/contract';
import { editCallBody } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES, createAnthropicScanner, inspectMessage } from '@sluice/toolkit/anthropic-wire';
import { withCallerHeaders } from '../headers.js';
import { toApiUrl } from '../url.js';
import type { Account } from './operation.js';

/** Bytes between a caller and a vendor who both speak the messages dialect. */
export function createPassthrough({ headers }: Pick<Account, 'headers'>): Passthrough {
  return {
    dialect: ANTHROPIC_MESSAGES,
    encode: (call, target) => ({
      method: 'POST',
      url: toApiUrl(target.baseUrl, 'messages'),
      headers: withCallerHeaders(headers, call),
      body: editCallBody(call, { model: target.model }),
    }),
    inspect: inspectMessage,
    scanner: createAnthropicScanner,
  };
}
