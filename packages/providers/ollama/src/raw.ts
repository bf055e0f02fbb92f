import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';

/** https://docs.ollama.com/api */
const recognise = createRecogniser([
  { path: /^api\/chat$/, operation: 'chat' },
  { path: /^api\/embed$/, operation: 'embed' },
]);

/** The native API for callers who speak it themselves. */
export function createRawApi(headers: Readonly<Record<string, string>>): RawApi {
  return { headersFor: () => headers, answerHeaders: [], recognise };
}
