import { gatewayError } from '@sluice/contract';
import type { ModelListing } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { toApiUrl } from './url.js';

/** The account's models, as many as one page holds. https://ai.google.dev/api/models#method:-models.list */
export function createModelListing(baseUrl: URL, headers: Readonly<Record<string, string>>): ModelListing {
  const url = toApiUrl(baseUrl, 'models?pageSize=1000');
  return {
    request: () => ({ method: 'GET', url, headers }),
    decode(body) {
      const { models } = parseUpstreamJson(body);
      if (!Array.isArray(models)) {
        throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of models." });
      }
      return models.filter(isJsonObject).flatMap(({ name }) => (typeof name === 'string' ? [toId(name)] : []));
    },
  };
}

function toId(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name;
}
