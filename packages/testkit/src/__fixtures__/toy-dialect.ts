import type { ChatDialect, ChatEvent, ChatRequest, GatewayError, JsonObject, WrittenError } from '@sluice/contract';
import { ERROR_TABLE, gatewayError } from '@sluice/contract';
import { isJsonObject, writeFrame } from '@sluice/toolkit';

/** A dialect of one question and one text. */
export const toyDialect: ChatDialect = {
  id: 'toy',
  parse(body) {
    if (!isJsonObject(body)) throw gatewayError('invalid_type', { details: { param: '' } });
    const model = text(body, 'model');
    const ask = text(body, 'ask');
    const stream = body['stream'] === true;
    const messages: ChatRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: ask }] }];
    return { model, stream, wantsUsage: true, features: [], wire: body, toRequest: () => ({ messages, stream }) };
  },
  writeResult: ({ content }) => JSON.stringify({ said: content.map((part) => ('text' in part ? part.text : '')).join('') }),
  stream: { open: () => ({ write: writeEvent }) },
  writeError,
  writeStreamError: (error) => writeFrame({ event: 'error', data: JSON.stringify({ error: error.message }) }),
};

function text(body: JsonObject, param: string): string {
  const value = body[param];
  if (typeof value === 'string') return value;
  throw gatewayError(value === undefined ? 'missing_required_parameter' : 'invalid_type', { details: { param } });
}

function writeEvent(event: ChatEvent): string {
  if (event.type === 'text-delta') return writeFrame({ data: JSON.stringify({ said: event.text }) });
  return event.type === 'finish' ? writeFrame({ data: '[END]' }) : '';
}

function writeError({ code, message, details }: GatewayError): WrittenError {
  const shown = code === 'upstream_rate_limited' ? 'rate_limit_exceeded' : code;
  const seconds = details.retryAfterMs === undefined ? undefined : Math.ceil(details.retryAfterMs / 1000);
  return {
    status: ERROR_TABLE[code].status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({ error: { code: shown, message } }),
  };
}
