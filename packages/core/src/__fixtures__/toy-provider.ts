import { gatewayError } from '@sluice/contract';
import type {
  ChatEvent,
  ChatRequest,
  ChatResult,
  Feature,
  Frame,
  JsonObject,
  Operation,
  Passthrough,
  Provider,
  StreamDecoder,
  Target,
  UpstreamFailure,
  UpstreamRequest,
} from '@sluice/contract';
import { classifyStatus, droppedExtensions, editCallBody, endpoint, tryParseJson } from '@sluice/toolkit';
import { createOpenAiScanner, inspectChat, parseOpenAiError, readChatAnswer, readUsage } from '@sluice/toolkit/openai-wire';

export interface ToyProviderOptions {
  /** Speaks the toy dialect itself, so that bytes pass. Its wire is OpenAI's, which the toolkit can watch. */
  readonly passes?: boolean;
  /** The only model for which it does. */
  readonly passesFor?: string;
  /** Of these calls only, where it passes at all. */
  readonly takes?: (wire: JsonObject) => boolean;
  readonly streams?: boolean;
  readonly features?: readonly Feature[];
  readonly operations?: 'chat' | 'none';
  readonly baseUrl?: string;
  /** Goes on with an answer that was begun for it. */
  readonly goesOn?: boolean | 'repeating';
}

/** A provider whose wire is that of OpenAI, reduced to text. */
export function toyProvider(options: ToyProviderOptions = {}): Provider {
  const { passes = false, passesFor, takes, streams = true, features = [], operations = 'chat', goesOn = false } = options;
  const chat: Operation<ChatRequest, ChatResult, ChatEvent> = {
    features: new Set(features),
    encode: (request, target) => ({
      request: post(target, JSON.stringify({ model: target.model, stream: request.stream, begun: begunBy(request) })),
      adjustments: droppedExtensions(request, 'openai-chat'),
    }),
    ...(goesOn === false ? {} : { prefill: () => ({ repeats: goesOn === 'repeating' }) }),
    decode(body) {
      const { body: answer, message } = readChatAnswer(body);
      const usage = readUsage(answer['usage']);
      const text = typeof message['content'] === 'string' ? message['content'] : '';
      return { id: 'up-1', model: 'm', content: [{ type: 'text', text }], finish: { unified: 'stop' }, ...(usage && { usage }) };
    },
    ...(streams ? { stream: { framing: 'sse' as const, open: () => new ToyDecoder() } } : {}),
    ...(passes
      ? { passthroughs: [{ ...passthrough(streams, passesFor), takes: ({ wire }) => takes?.(wire) ?? true }] }
      : {}),
  };
  return {
    baseUrl: new URL(options.baseUrl ?? 'http://upstream.test/'),
    operations: operations === 'chat' ? { chat } : {},
    authorize: (request) =>
      Promise.resolve({ ...request, headers: { ...request.headers, authorization: 'Bearer up' } }),
    classify,
  };
}

/** The text of an answer that was begun. */
function begunBy({ messages }: ChatRequest): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return undefined;
  return last.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function post(target: Target, body: NonNullable<UpstreamRequest['body']>): UpstreamRequest {
  return { method: 'POST', url: endpoint(target.baseUrl, target.model), headers: {}, body };
}

function passthrough(streams: boolean, only: string | undefined): Passthrough {
  return {
    dialect: 'toy',
    ...(only === undefined ? {} : { serves: (model: string) => model === only }),
    encode: (call, target) => post(target, editCallBody(call, { model: target.model })),
    inspect: inspectChat,
    ...(streams ? { scanner: createOpenAiScanner } : {}),
  };
}

function classify(failure: UpstreamFailure): ReturnType<Provider['classify']> {
  if (failure.stage === 'transport') return failure.error;
  if (failure.stage === 'in-band') return gatewayError('upstream_invalid_response');
  return classifyStatus(failure.head, parseOpenAiError(failure.body));
}

class ToyDecoder implements StreamDecoder<ChatEvent> {
  #started = false;
  #ended = false;

  push({ data }: Frame): readonly ChatEvent[] {
    if (this.#ended) return [];
    if (data === '[DONE]') return this.#close();
    const chunk = tryParseJson(data) as {
      readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
    };
    const start: readonly ChatEvent[] = this.#started ? [] : [{ type: 'start', id: 'up-1', model: 'm' }];
    this.#started = true;
    const text = chunk.choices?.[0]?.delta?.content;
    return text === undefined ? start : [...start, { type: 'text-delta', index: 0, text }];
  }

  end(): readonly ChatEvent[] {
    if (this.#ended) return [];
    throw gatewayError('upstream_truncated');
  }

  #close(): readonly ChatEvent[] {
    this.#ended = true;
    return [
      { type: 'part-end', index: 0 },
      { type: 'finish', finish: { unified: 'stop' } },
    ];
  }
}
