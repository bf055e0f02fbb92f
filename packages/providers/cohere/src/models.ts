import type { ModelListing } from '@sluice/contract';
import { endpoint, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { notA } from './classify.js';

/** The models of the account, as many as one page holds: `GET /v1/models`. https://docs.cohere.com/reference/list-models */
export function createModelListing(baseUrl: URL, headers: Readonly<Record<string, string>>): ModelListing {
  return {
    request: () => ({ method: 'GET', url: endpoint(baseUrl, 'v1/models?page_size=1000'), headers }),
    decode(body) {
      const answer = parseUpstreamJson(body);
      const { models } = answer;
      if (!Array.isArray(models)) throw notA('list of models', answer);
      return models.filter(isJsonObject).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    },
  };
}
