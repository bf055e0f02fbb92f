import type {
  ChatEvent,
  ChatRequest,
  ChatResult,
  JsonObject,
  Operation,
  Passthrough,
  Provider,
  ProviderDefinition,
  ProviderDeps,
  StreamDecoder,
  UpstreamFailure,
  Usage,
} from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { classifyStatus, endpoint, isJsonObject, parseUpstreamJson, setTopLevel, tryParseJson } from '@sluice/toolkit';
import { createOpenAiScanner, inspectChat } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';

/** A vendor with text and nothing else: enough for every test of the suite to have something to look at. */
const FINISH = { unified: 'stop', raw: 'stop' } as const;
const HEADERS = { 'content-type': 'application/json' } as const;

export const toySettings = z.strictObject({ kind: z.literal('toy'), apiKey: z.strictObject({ env: z.string() }) });
export type ToySettings = z.infer<typeof toySettings>;

export const toy: ProviderDefinition<ToySettings> = {
  kind: 'toy',
  contractVersion: 1,
  settings: toySettings,
  create(settings: ToySettings, { secret }: ProviderDeps): Provider {
    return {
      baseUrl: new URL('http://toy.example/v1'),
      operations: { chat: toyChat },
      models: {
        request: () => ({ method: 'GET', url: new URL('http://toy.example/v1/models'), headers: {} }),
        decode: (body) => readList(parseUpstreamJson(body)),
      },
      async authorize(request) {
        return { ...request, headers: { ...request.headers, authorization: `Bearer ${await secret(settings.apiKey)}` } };
      },
      classify,
    };
  },
};

function readList({ data }: JsonObject): readonly string[] {
  if (!Array.isArray(data)) throw gatewayError('upstream_invalid_response');
  return data.filter(isJsonObject).map(({ id }) => String(id));
}

function classify(failure: UpstreamFailure): ReturnType<Provider['classify']> {
  if (failure.stage === 'transport') return failure.error;
  return failure.stage === 'status' ? classifyStatus(failure.head, {}) : gatewayError('upstream_invalid_response');
}

const passthrough: Passthrough = {
  dialect: 'openai-chat',
  encode(call, target) {
    const named = setTopLevel(call.body, 'model', target.model);
    const asking = call.stream && !call.wantsUsage;
    const body = asking ? setTopLevel(named, 'stream_options', { include_usage: true }) : named;
    return { method: 'POST', url: endpoint(target.baseUrl, 'chat'), headers: HEADERS, body };
  },
  inspect: inspectChat,
  scanner: createOpenAiScanner,
};

const toyChat: Operation<ChatRequest, ChatResult, ChatEvent> = {
  features: new Set(),
  encode({ messages, stream }, target) {
    const said = messages.map(({ role, content }) => ({ role, content: content.map(textOf).join('') }));
    const body = { model: target.model, messages: said, ...(stream && { stream }) };
    const request = { url: endpoint(target.baseUrl, 'chat'), headers: HEADERS, body: JSON.stringify(body) };
    return { request: { method: 'POST', ...request }, adjustments: [] };
  },
  decode: (body) => readAnswer(parseUpstreamJson(body)),
  stream: { framing: 'sse', open: openDecoder },
  passthroughs: [passthrough],
};

function textOf(part: object): string {
  return 'text' in part ? String(part.text) : '';
}

function readAnswer({ id, model, choices, usage }: JsonObject): ChatResult {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(choice) || !isJsonObject(choice['message'])) throw gatewayError('upstream_invalid_response');
  const text = String(choice['message']['content']);
  const content = [{ type: 'text', text } as const];
  return { id: String(id), model: String(model), content, finish: FINISH, usage: readUsage(usage) };
}

function readUsage(usage: unknown): Usage {
  const { prompt_tokens: input, completion_tokens: output } = isJsonObject(usage) ? usage : {};
  return { inputTokens: Number(input), outputTokens: Number(output) };
}

function openDecoder(): StreamDecoder<ChatEvent> {
  let started = false;
  let done = false;
  const read = (chunk: JsonObject): readonly ChatEvent[] => {
    if ('error' in chunk) throw gatewayError('upstream_invalid_response');
    const { id, model, choices, usage } = chunk;
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    const start: ChatEvent[] = started ? [] : [{ type: 'start', id: String(id), model: String(model) }];
    started = true;
    const delta = isJsonObject(choice) && isJsonObject(choice['delta']) ? choice['delta']['content'] : undefined;
    const text: ChatEvent[] = delta ? [{ type: 'text-delta', index: 0, text: textOf({ text: delta }) }] : [];
    const counted: ChatEvent[] = isJsonObject(usage) ? [{ type: 'usage', usage: readUsage(usage) }] : [];
    return [...start, ...text, ...counted];
  };
  return {
    push({ data }) {
      if (data === '[DONE]') {
        done = true;
        return [
          { type: 'part-end', index: 0 },
          { type: 'finish', finish: FINISH },
        ];
      }
      const chunk = tryParseJson(data);
      if (!isJsonObject(chunk)) throw gatewayError('upstream_invalid_response');
      return read(chunk);
    },
    end() {
      if (!done) throw gatewayError('upstream_truncated');
      return [];
    },
  };
}
