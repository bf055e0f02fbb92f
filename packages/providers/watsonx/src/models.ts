import { gatewayError } from '@sluice/contract';
import type { ModelListing } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import { toUrl } from './account.js';
import type { Account } from './account.js';

/** The most that the vendor lists at once; it has fewer models. npm @ibm-cloud/watsonx-ai 1.7.16, `ListFoundationModelSpecsParams`. */
const LIMIT = 200;

/** The models of the region. */
export function createModelListing(baseUrl: URL, account: Account): ModelListing {
  const url = new URL(toUrl({ baseUrl }, 'foundation_model_specs', account));
  url.searchParams.set('limit', String(LIMIT));
  return {
    request: () => ({ method: 'GET', url, headers: account.headers }),
    decode(bytes) {
      const { resources } = parseUpstreamJson(bytes);
      if (!Array.isArray(resources)) {
        throw gatewayError('upstream_invalid_response', { message: 'The provider answered no list of models.' });
      }
      return resources.flatMap((entry: unknown) =>
        isJsonObject(entry) && typeof entry.model_id === 'string' ? [entry.model_id] : [],
      );
    },
  };
}
