import { gatewayError } from '@sluice/contract';
import type { Target } from '@sluice/contract';

/** What `encodeURIComponent` leaves and a signature does not. */
const UNESCAPED = /[!'()*]/g;

/**
 * The address of one action on a model. The id is one segment of the path, an ARN with its colons and slashes too, and
 * encoded as the SDK does it, since the signature covers it. Throws `invalid_value` for an id that would leave its place.
 */
export function toModelUrl({ baseUrl, model }: Target, action: string): URL {
  if (/^\.{1,2}$/.test(model)) {
    throw gatewayError('invalid_value', { message: 'model: this is no model id.', details: { param: 'model' } });
  }
  return new URL(`${baseUrl.href.replace(/\/+$/, '')}/model/${encodeSegment(model)}/${action}`);
}

function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(UNESCAPED, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
