import { gatewayError } from '@sluice/contract';
import type { ModelListing } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import type { Headers } from './headers.js';
import { toApiUrl } from './url.js';

/** The account's models, as many as one page holds. */
export function createModelListing(baseUrl: URL, headers: Headers): ModelListing {
  const url = toApiUrl(baseUrl, 'models?limit=1000');
  return {
    request: () => ({ method: 'GET', url, headers }),
    decode(body) {
      const { data } = parseUpstreamJson(body);
      if (!Array.isArray(data)) {
        throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of models." });
      }
      return data.filter(isJsonObject).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
    },
  };
}
