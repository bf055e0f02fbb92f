import type { Passthrough } from '@sluice/contract';
import { setTopLevel } from '@sluice/toolkit';
import { GEMINI_GENERATE, createGeminiScanner, inspectGenerate } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from '../api.js';
import { toResource } from '../url.js';
import { toMethod } from './encode.js';

/** Bytes between a caller and a vendor who both speak this dialect. The model stands in the address, seldom in the body. */
export function createPassthrough(api: GeminiApi): Passthrough {
  return {
    dialect: GEMINI_GENERATE,
    encode: ({ body, wire, stream }, target) => ({
      method: 'POST',
      url: api.url(target, toMethod(stream)),
      headers: api.headers,
      body: wire.model === undefined ? body : setTopLevel(body, 'model', toResource(target.model)),
    }),
    inspect: inspectGenerate,
    scanner: createGeminiScanner,
  };
}
