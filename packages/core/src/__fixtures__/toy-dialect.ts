import { gatewayError, statusOf } from '@sluice/contract';
import type { ChatDialect, ChatEvent, ChatRequest, Feature, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** What a caller of the toy dialect sends. */
export interface ToyCall {
  readonly model: string;
  readonly say?: string;
  readonly stream?: boolean;
  readonly needs?: readonly Feature[];
  readonly [extra: string]: unknown;
}

const KNOWN = new Set(['model', 'say', 'stream', 'needs', 'aloud']);

/** A dialect small enough to read at a glance: answers are `{"said":...}`, frames `data: word`, the end `data: END`. */
export const toyDialect: ChatDialect = {
  id: 'toy',
  parse(body) {
    if (!isJsonObject(body)) throw gatewayError('invalid_type', { message: 'Send an object.' });
    const { model, stream = false, needs = [] } = body as Partial<ToyCall>;
    if (typeof model !== 'string') throw gatewayError('missing_required_parameter', { details: { param: 'model' } });
    return {
      model,
      stream,
      wantsUsage: true,
      features: needs,
      wire: body,
      toRequest: () => toRequest(body, stream),
      ...(body['aloud'] ? { adjustments: [{ parameter: 'aloud', action: 'emulated' }] } : {}),
    };
  },
  writeResult: (result, { requestId, wire }) =>
    JSON.stringify({ id: requestId, ...(wire?.['aloud'] ? { aloud: true } : {}), said: result.content.map((part) => ('text' in part ? part.text : '')).join('') }),
  stream: { open: () => ({ write: writeEvent }) },
  writeError: (error, { requestId }) => ({
    status: statusOf(error),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: error.code, message: error.message, requestId } }),
  }),
  writeStreamError: ({ code }) => `data: {"error":"${code}"}\n\n`,
};

function toRequest(wire: JsonObject, stream: boolean): ChatRequest {
  const text = typeof wire['say'] === 'string' ? wire['say'] : '';
  const fields = Object.fromEntries(Object.entries(wire).filter(([key]) => !KNOWN.has(key)));
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    stream,
    extensions: { dialect: 'toy', fields },
  };
}

function writeEvent(event: ChatEvent): string {
  if (event.type === 'text-delta') return `data: ${event.text}\n\n`;
  return event.type === 'finish' ? 'data: END\n\n' : '';
}
