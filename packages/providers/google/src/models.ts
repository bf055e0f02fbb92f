import { gatewayError } from '@sluice/contract';
import type { ModelListing } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { toApiUrl } from './url.js';

/** The account's models, as many as one page holds. https://ai.google.dev/api/models#method:-models.list */
export function createModelListing(baseUrl: URL, headers: Readonly<Record<string, string>>): ModelListing {
  const url = toApiUrl(baseUrl, 'models?pageSize=1000');
  return {
    request: () => ({ method: 'GET', url, headers }),
    decode: (body) => readModelIds(parseUpstreamJson(body).models, 'models/'),
  };
}

/** The names in a list of resources, without their collection. Throws `upstream_invalid_response` for what is no list. */
export function readModelIds(models: unknown, collection: string): readonly string[] {
  if (!Array.isArray(models)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of models." });
  }
  return models.filter(isJsonObject).flatMap(({ name }) => {
    if (typeof name !== 'string') return [];
    return name.startsWith(collection) ? [name.slice(collection.length)] : [name];
  });
}
