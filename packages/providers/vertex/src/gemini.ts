import type { GeminiApi } from '@sluice/provider-google/internal';
import { toMethodUrl } from './account.js';
import type { Account } from './account.js';

/** Google's own models, for the codecs of the Gemini API. */
export function toGeminiApi(account: Account): GeminiApi {
  return {
    platform: 'vertex',
    headers: account.headers,
    url: (target, name) => toMethodUrl(account, target, { version: 'v1beta1', name }),
  };
}
