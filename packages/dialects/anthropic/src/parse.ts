import { gatewayError } from '@sluice/contract';
import type { CallAddress, ChatRequest, JsonObject, ParsedCall } from '@sluice/contract';
import { findRefusedName, isJsonObject } from '@sluice/toolkit';
import type { z } from 'zod';
import { toFeatures } from './features.js';
import { countTokensSchema, messagesSchema } from './schema.js';
import { refusedName, toParameterError } from './to-error.js';
import { toRequest } from './to-request.js';

/** Checks the body of `POST /v1/messages`. Throws the error of the table that names the first parameter at fault. */
export function parseMessagesCall(body: unknown, address?: CallAddress): ParsedCall<ChatRequest> {
  const { wire, model } = check(body, messagesSchema);
  return toCall({ wire, model, stream: wire.stream === true, address });
}

/** Checks the body of `POST /v1/messages/count_tokens`, as {@link parseMessagesCall} does. */
export function parseCountTokensCall(body: unknown, address?: CallAddress): ParsedCall<ChatRequest> {
  return toCall({ ...check(body, countTokensSchema), stream: false, address });
}

interface Checked {
  readonly wire: JsonObject;
  readonly model: string;
}

function check(body: unknown, schema: z.ZodType<{ readonly model: string }>): Checked {
  if (!isJsonObject(body)) throw gatewayError('invalid_type', { message: 'The body must be a JSON object.' });
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = schema.safeParse(body);
  if (!checked.success) throw toParameterError(body, checked.error.issues);
  return { wire: body, model: checked.data.model };
}

interface Call extends Checked {
  readonly stream: boolean;
  readonly address: CallAddress | undefined;
}

function toCall({ wire, model, stream, address }: Call): ParsedCall<ChatRequest> {
  return {
    model,
    stream,
    // Streams of this dialect always say what they used.
    wantsUsage: true,
    features: toFeatures(wire),
    wire,
    toRequest: () => toRequest(wire, address?.headers),
  };
}
