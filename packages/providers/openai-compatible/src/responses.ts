import type { Passthrough } from '@sluice/contract';
import { editCallBody, isJsonObject, isSealed } from '@sluice/toolkit';
import { OPENAI_RESPONSES, createResponsesScanner, inspectResponse } from '@sluice/toolkit/openai-wire';
import type { Server } from './server.js';

/** `POST /responses`, for servers that have it: bytes that pass through. */
export function createResponsesPassthrough({ headers, locate, nameOf }: Server): Passthrough {
  return {
    dialect: OPENAI_RESPONSES,
    takes: ({ wire }) => !holdsSealed(wire.input),
    encode(call, target) {
      const body = editCallBody(call, { model: nameOf(target.model) });
      return { method: 'POST', url: locate(target, 'responses'), headers: headers.forCall(call), body };
    },
    inspect: inspectResponse,
    scanner: createResponsesScanner,
  };
}

/** Whether an item of a conversation carries what the gateway sealed for another vendor, which this one could not read. */
function holdsSealed(input: unknown): boolean {
  return Array.isArray(input) && input.some((item) => isJsonObject(item) && isSealed(item.encrypted_content));
}
