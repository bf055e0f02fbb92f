import { endpoint } from '@sluice/toolkit';

/** `path` of the API's first version below a base that may name that version itself. */
export function toApiUrl(baseUrl: URL, path: string): URL {
  return endpoint(baseUrl, /\/v1\/*$/.test(baseUrl.pathname) ? path : `v1/${path}`);
}
