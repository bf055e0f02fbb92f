import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';
import type { Account } from './account.js';

/** Of a model, or of one that the operator deployed. npm @ibm-cloud/watsonx-ai 1.7.16, config/endpoints.js. */
const AT = 'ml/v1/(?:(?<model>deployments/[A-Za-z0-9_-]+)/)?text';
const recognise = createRecogniser([
  { path: new RegExp(`^${AT}/chat$`), operation: 'chat' },
  { path: new RegExp(`^${AT}/chat_stream$`), operation: 'chat', stream: true },
  { path: /^ml\/v1\/text\/embeddings$/, operation: 'embed' },
  { path: /^ml\/v1\/text\/rerank$/, operation: 'rerank' },
]);

/** The API for callers who speak it themselves. */
export function createRawApi({ headers }: Account): RawApi {
  return { headersFor: () => headers, answerHeaders: ['x-global-transaction-id'], recognise };
}
