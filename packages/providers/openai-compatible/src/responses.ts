import type { Passthrough } from '@sluice/contract';
import { editCallBody, endpoint } from '@sluice/toolkit';
import { OPENAI_RESPONSES, createResponsesScanner, inspectResponse } from '@sluice/toolkit/openai-wire';
import type { HeaderWriter } from './headers.js';

/** `POST /responses`, for servers that have it: bytes that pass through. */
export function createResponsesPassthrough(headers: HeaderWriter): Passthrough {
  return {
    dialect: OPENAI_RESPONSES,
    encode(call, target) {
      const body = editCallBody(call, { model: target.model });
      return { method: 'POST', url: endpoint(target.baseUrl, 'responses'), headers: headers.forCall(call), body };
    },
    inspect: inspectResponse,
    scanner: createResponsesScanner,
  };
}
