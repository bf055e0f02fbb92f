import { gatewayError } from '@sluice/contract';
import type { ModelListing } from '@sluice/contract';
import { endpoint, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import type { HeaderWriter } from './headers.js';

/** `GET /models`. */
export function createModelListing(baseUrl: URL, { plain }: HeaderWriter): ModelListing {
  const { 'content-type': _, ...headers } = plain;
  return {
    request: () => ({ method: 'GET', url: endpoint(baseUrl, 'models'), headers }),
    decode(body) {
      const { data: entries } = parseUpstreamJson(body);
      if (!Array.isArray(entries)) {
        throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a list of models." });
      }
      return entries.flatMap((entry: unknown) =>
        isJsonObject(entry) && typeof entry.id === 'string' ? [entry.id] : [],
      );
    },
  };
}
