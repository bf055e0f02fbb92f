import { gatewayError } from '@sluice/contract';
import type { ChatRequest, ParsedCall } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import { toFeatures } from './features.js';
import { messagesSchema } from './schema.js';
import { refusedName, toParameterError } from './to-error.js';
import { toRequest } from './to-request.js';

/** Checks the body of `POST /v1/messages`. Throws the error of the table that names the first parameter at fault. */
export function parseMessagesCall(body: unknown): ParsedCall<ChatRequest> {
  if (!isJsonObject(body)) throw gatewayError('invalid_type', { message: 'The body must be a JSON object.' });
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = messagesSchema.safeParse(body);
  if (!checked.success) throw toParameterError(body, checked.error.issues);
  return {
    model: checked.data.model,
    stream: checked.data.stream === true,
    // Streams of this dialect always say what they used.
    wantsUsage: true,
    features: toFeatures(body),
    wire: body,
    toRequest: () => toRequest(body),
  };
}
