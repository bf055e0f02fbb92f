import type { Passthrough } from '@sluice/contract';
import { editCallBody } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES, createAnthropicScanner, inspectMessage } from '@sluice/toolkit/anthropic-wire';
import { withCallerHeaders } from '../headers.js';
import { toApiUrl } from '../url.js';
import type { Account } from './operation.js';
import { takesAsItIs } from './takes.js';

/** Bytes between a caller and a vendor who both speak the messages dialect. */
export function createPassthrough({ headers, version }: Account): Passthrough {
  return {
    dialect: ANTHROPIC_MESSAGES,
    takes: (call, target) => takesAsItIs(call, target, version),
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
