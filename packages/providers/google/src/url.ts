import type { Target } from '@sluice/contract';
import { toSegment } from './api.js';

/** Below the API's version, which the base may name itself. */
export function toApiUrl(baseUrl: URL, path: string): URL {
  const root = baseUrl.href.replace(/\/+$/, '');
  return new URL(`${/\/v1(?:alpha|beta)?$/.test(root) ? root : `${root}/v1beta`}/${path}`);
}

/** `models/NAME:METHOD`. A name may come with its collection: `models/...` as the vendor lists it, or `tunedModels/...`. */
export function toMethodUrl({ baseUrl, model }: Target, method: string): URL {
  return toApiUrl(baseUrl, `${toResource(model)}:${method}`);
}

/** The model as the wire names it in bodies and paths. */
export function toResource(model: string): string {
  const [collection = '', name] = model.split('/', 2);
  const known = collection === 'models' || collection === 'tunedModels';
  return known && name ? `${collection}/${toSegment(name)}` : `models/${toSegment(model)}`;
}
