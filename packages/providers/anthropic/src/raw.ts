import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';
import { ANTHROPIC_COUNT_TOKENS, ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import { withCallerHeaders } from './headers.js';
import type { Headers } from './headers.js';

/** The base may name the API's version itself. Source: npm @anthropic-ai/sdk 1.14.0, `resources/messages/messages.mjs`. */
const recognise = createRecogniser([
  { path: /^(?:v1\/)?messages$/, operation: 'chat', dialect: ANTHROPIC_MESSAGES },
  { path: /^(?:v1\/)?messages\/count_tokens$/, operation: 'countTokens', dialect: ANTHROPIC_COUNT_TOKENS },
]);

/** The API for callers who speak it themselves. */
export function createRawApi(headers: Headers): RawApi {
  return {
    headersFor: (caller) => withCallerHeaders(headers, { headers: caller }),
    // Not those that name the organization.
    answerHeaders: ['anthropic-ratelimit-*', 'anthropic-priority-*'],
    recognise,
  };
}
