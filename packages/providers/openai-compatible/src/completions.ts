import type { Passthrough } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';
import { OPENAI_COMPLETIONS, createCompletionScanner, inspectCompletion } from '@sluice/toolkit/openai-wire';
import { editCall } from './edit-call.js';
import type { HeaderWriter } from './headers.js';
import type { ServerRules } from './rules.js';

/** `POST /completions`, for servers that have it: bytes that pass through. */
export function createCompletionsPassthrough(rules: ServerRules, headers: HeaderWriter): Passthrough {
  const { completions } = rules;
  return {
    dialect: OPENAI_COMPLETIONS,
    ...(completions instanceof RegExp ? { serves: (model: string) => completions.test(model) } : {}),
    encode(call, target) {
      const url = endpoint(target.baseUrl, 'completions');
      return { method: 'POST', url, headers: headers.forCall(call), body: editCall(call, target.model, rules) };
    },
    inspect: inspectCompletion,
    scanner: createCompletionScanner,
  };
}
