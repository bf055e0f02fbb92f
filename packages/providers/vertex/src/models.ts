import type { ModelListing } from '@sluice/contract';
import { readModelIds } from '@sluice/provider-google/internal';
import { parseUpstreamJson } from '@sluice/toolkit';

const PUBLISHED = 'publishers/google/models/';
const VERSION = /\/v1(?:beta1)?$/;

/**
 * Google's own models, as many as one page holds; those of other publishers are not listed. Only the preview of the API
 * lists at all. https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list
 */
export function createModelListing(baseUrl: URL, headers: Readonly<Record<string, string>>): ModelListing {
  const root = baseUrl.href.replace(/\/+$/, '').replace(VERSION, '');
  const url = new URL(`${root}/v1beta1/publishers/google/models?pageSize=300`);
  return {
    request: () => ({ method: 'GET', url, headers }),
    decode: (body) => readModelIds(parseUpstreamJson(body).publisherModels, PUBLISHED),
  };
}
