import type { Passthrough } from '@sluice/contract';
import { editCallBody } from '@sluice/toolkit';
import { OPENAI_RESPONSES, createResponsesScanner, inspectResponse } from '@sluice/toolkit/openai-wire';
import type { Server } from './server.js';

/** `POST /responses`, for servers that have it: bytes that pass through. */
export function createResponsesPassthrough({ headers, locate, nameOf }: Server): Passthrough {
  return {
    dialect: OPENAI_RESPONSES,
    encode(call, target) {
      const body = editCallBody(call, { model: nameOf(target.model) });
      return { method: 'POST', url: locate(target, 'responses'), headers: headers.forCall(call), body };
    },
    inspect: inspectResponse,
    scanner: createResponsesScanner,
  };
}
