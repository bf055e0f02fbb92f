import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';
import { COHERE_RERANK } from '@sluice/toolkit/cohere-wire';

/** The second version of the API is the one that the adapter reads. https://docs.cohere.com/reference/about */
const recognise = createRecogniser([
  { path: /^v2\/chat$/, operation: 'chat' },
  { path: /^v2\/embed$/, operation: 'embed' },
  { path: /^v2\/rerank$/, operation: 'rerank', dialect: COHERE_RERANK },
]);

/** The API for callers who speak it themselves. */
export function createRawApi(headers: Readonly<Record<string, string>>): RawApi {
  return { headersFor: () => headers, answerHeaders: [], recognise };
}
