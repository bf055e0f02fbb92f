import type { AssistantPart, ChatDialect, ChatEvent, ChatResult, GatewayError, WriteContext } from '@sluice/contract';
import { OPENAI_RESPONSES } from '@sluice/toolkit/openai-wire';
import { writeErrorBody, writeOpenAiError } from '../write-error.js';
import { parseResponses } from './parse.js';
import { ResponseWriter } from './response-writer.js';

/** `POST /v1/responses`. */
export const openAiResponses: ChatDialect = {
  id: OPENAI_RESPONSES,
  parse: parseResponses,
  writeResult: writeResponsesResult,
  stream: { open: (context) => new ResponseWriter(context) },
  writeError: writeOpenAiError,
  writeStreamError: writeResponsesStreamError,
};

/** A plain answer is what its stream would have added up to. */
function writeResponsesResult(result: ChatResult, context: WriteContext): string {
  const writer = new ResponseWriter(context);
  for (const event of toEvents(result)) writer.write(event);
  return JSON.stringify(writer.response());
}

function toEvents({ id, model, content, finish, usage, logprobs, serviceTier }: ChatResult): readonly ChatEvent[] {
  const firstText = content.findIndex(({ type }) => type === 'text');
  return [
    { type: 'start', id, model },
    ...content.flatMap((part, index) => toPartEvents(part, index, index === firstText ? logprobs : undefined)),
    ...(usage ? [{ type: 'usage', usage } as const] : []),
    { type: 'finish', finish, ...(serviceTier === undefined ? {} : { serviceTier }) },
  ];
}

function toPartEvents(part: AssistantPart, index: number, logprobs: ChatResult['logprobs']): readonly ChatEvent[] {
  const end: ChatEvent = {
    type: 'part-end',
    index,
    ...('opaque' in part && part.opaque ? { opaque: part.opaque } : {}),
  };
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-delta', index, text: part.text, ...(logprobs ? { logprobs } : {}) },
        ...(part.citations ?? []).map((citation) => ({ type: 'citation', index, citation }) as const),
        end,
      ];
    case 'refusal':
      return [{ type: 'refusal-delta', index, text: part.text }, end];
    case 'reasoning':
      return [{ type: 'reasoning-delta', index, text: part.text }, end];
    case 'tool-call':
      return [
        { type: 'tool-start', index, id: part.id, name: part.name },
        { type: 'tool-delta', index, json: part.json },
        end,
      ];
    case 'image':
    case 'audio':
    case 'vendor':
      return [{ type: 'part', index, part }];
  }
}

/** Flat as the SDK's types have it, and nested as the API sends it and its SDK raises it. */
function writeResponsesStreamError(error: GatewayError): string {
  const { error: nested } = writeErrorBody(error);
  const data = { ...nested, type: 'error', sequence_number: 0, error: nested };
  return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
}
