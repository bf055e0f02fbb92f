import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { gatewayError } from '@sluice/contract';

const DECODERS = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/**
 * Undoes the one layer of compression that a provider put on although it was asked not to. Throws
 * `upstream_invalid_response` for more layers, for unknown ones and past `maxBytes`.
 */
export function decodeBody(body: Uint8Array, encoding: string, maxBytes: number): Uint8Array {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name as keyof typeof DECODERS] : undefined;
  if (!decode) throw unusable('The provider used an unknown content encoding.');
  try {
    return decode(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw unusable("The provider's compressed answer cannot be read.", cause);
  }
}

function unusable(message: string, cause?: unknown): Error {
  return gatewayError('upstream_invalid_response', { message, cause });
}
