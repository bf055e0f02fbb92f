import type { ModelListing } from '@sluice/contract';
import { endpoint, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { errorIn, unusable } from './classify.js';

/** The models that are on the server, each with its tag: `GET /api/tags`. https://docs.ollama.com/api/tags */
export function createModelListing(baseUrl: URL, headers: Readonly<Record<string, string>>): ModelListing {
  return {
    request: () => ({ method: 'GET', url: endpoint(baseUrl, 'api/tags'), headers }),
    decode(body) {
      const answer = parseUpstreamJson(body);
      const { models } = answer;
      if (!Array.isArray(models)) {
        throw errorIn(answer) ?? unusable("The provider's answer is not a list of models.");
      }
      return models.filter(isJsonObject).flatMap(({ model, name }) => {
        const id = model ?? name;
        return typeof id === 'string' ? [id] : [];
      });
    },
  };
}
