import type { Passthrough } from '@sluice/contract';
import { OPENAI_COMPLETIONS, createCompletionScanner, inspectCompletion } from '@sluice/toolkit/openai-wire';
import { editCall } from './edit-call.js';
import type { Server } from './server.js';

/** `POST /completions`, for servers that have it: bytes that pass through. */
export function createCompletionsPassthrough({ rules, headers, locate, nameOf }: Server): Passthrough {
  const { completions } = rules;
  return {
    dialect: OPENAI_COMPLETIONS,
    ...(completions instanceof RegExp ? { serves: (model: string) => completions.test(model) } : {}),
    encode(call, target) {
      const body = editCall(call, nameOf(target.model), rules);
      return { method: 'POST', url: locate(target, 'completions'), headers: headers.forCall(call), body };
    },
    inspect: inspectCompletion,
    scanner: createCompletionScanner,
  };
}
