import { countInput } from '../tokens.js';
import { isObject, objects, textOr, type JsonObject, type Question, type Tool } from '../question.js';
import { refuse, type ContentStep, type FinishReason } from '../steps.js';
import { frame, padded, pieces, type Answer, type Identity, type StreamRendering, type Wire } from './wire.js';
import { openAiFault } from './openai-fault.js';
import type { TokenCount } from '../tokens.js';

/** `POST /v1/chat/completions`. `n` and the sampling parameters are ignored. */
export const openAiChat: Wire = {
  requestIdHeader: 'x-request-id',
  fault: openAiFault,
  read(body) {
    const question = readQuestion(body);
    const options = body['stream_options'];
    const usageAsked = isObject(options) && options['include_usage'] === true;
    return {
      question,
      plain: writePlain,
      ...(body['stream'] === true && { stream: (identity: Identity) => openStream(identity, usageAsked) }),
    };
  },
};

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
};

function readQuestion(body: JsonObject): Question {
  const model = body['model'];
  if (typeof model !== 'string') refuse('you must provide a model parameter', 'model');
  if (!Array.isArray(body['messages']) || body['messages'].length === 0) {
    refuse("Missing required parameter: 'messages'.", 'messages');
  }
  const messages = objects(body['messages']);
  const users = messages.filter(({ role }) => role === 'user');
  const asked = readContent(users.at(-1)?.['content']);
  const last = messages.at(-1);
  const all = messages.map(({ content }) => readContent(content));
  const maxTokens = body['max_completion_tokens'] ?? body['max_tokens'];
  const schema = readSchema(body['response_format']);
  return {
    model,
    ...asked,
    ...(last?.['role'] === 'tool' && { toolResult: readContent(last['content']).text }),
    tools: readTools(body),
    parallelTools: body['parallel_tool_calls'] !== false,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    inputTokens: countInput(
      all.map(({ text }) => text),
      all.reduce((sum, { images }) => sum + images, 0),
    ),
  };
}

function readContent(content: unknown): { readonly text: string; readonly images: number } {
  if (typeof content === 'string') return { text: content, images: 0 };
  const parts = objects(content);
  const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => textOr(text, ''));
  return { text: texts.join(''), images: parts.filter(({ type }) => type === 'image_url').length };
}

function readTools(body: JsonObject): readonly Tool[] {
  const offered = objects(body['tools']).flatMap(({ function: named }) =>
    isObject(named) ? [{ name: textOr(named['name'], ''), schema: asSchema(named['parameters']) }] : [],
  );
  const choice = body['tool_choice'];
  if (choice === 'none') return [];
  const named = isObject(choice) && isObject(choice['function']) ? choice['function']['name'] : undefined;
  return named === undefined ? offered : offered.filter(({ name }) => name === named);
}

function readSchema(format: unknown): JsonObject | undefined {
  if (!isObject(format) || !isObject(format['json_schema'])) return undefined;
  return asSchema(format['json_schema']['schema']);
}

function asSchema(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function writeUsage({ input, output, reasoning }: TokenCount): JsonObject {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function envelope({ number, model, createdSeconds }: Identity, object: string): JsonObject {
  return { id: `chatcmpl-sim-${padded(number)}`, object, created: createdSeconds, model };
}

function callId({ number }: Identity, index: number): string {
  return `call_sim_${padded(number)}_${index}`;
}

function writePlain({ content, finish, usage }: Answer, identity: Identity): JsonObject {
  const join = (type: 'text' | 'reasoning' | 'refusal'): string =>
    content.map((step) => (step.type === type ? step.text : '')).join('');
  const calls = content.flatMap((step) => (step.type === 'tool-call' ? [step] : []));
  const [text, reasoning, refusal] = [join('text'), join('reasoning'), join('refusal')];
  const toolCalls = calls.map(({ name, json }, index) => ({
    id: callId(identity, index),
    type: 'function',
    function: { name, arguments: json },
  }));
  const message = {
    role: 'assistant',
    content: text === '' && (refusal !== '' || calls.length > 0) ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: toolCalls }),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finish ? FINISH[finish] : null };
  return { ...envelope(identity, 'chat.completion'), choices: [choice], ...(usage && { usage: writeUsage(usage) }) };
}

function openStream(identity: Identity, usageAsked: boolean): StreamRendering {
  const head = envelope(identity, 'chat.completion.chunk');
  let calls = 0;

  const chunk = (delta: JsonObject, finish: string | null = null): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    return frame({ ...head, choices, ...(usageAsked && { usage: null }) });
  };
  const toolCall = ({ name, json }: ContentStep & { readonly type: 'tool-call' }): string => {
    const index = calls++;
    const first = { index, id: callId(identity, index), type: 'function', function: { name, arguments: '' } };
    const rest = pieces(json).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] }));
    return chunk({ tool_calls: [first] }) + rest.join('');
  };

  return {
    open: () => chunk({ role: 'assistant', content: '', refusal: null }),
    content(step) {
      switch (step.type) {
        case 'text':
          return chunk({ content: step.text });
        case 'reasoning':
          return chunk({ reasoning_content: step.text });
        case 'refusal':
          return chunk({ refusal: step.text });
        case 'tool-call':
          return toolCall(step);
      }
    },
    keepAlive: () => ': keep-alive\n\n',
    finish(reason, usage) {
      const last = usageAsked && usage ? frame({ ...head, choices: [], usage: writeUsage(usage) }) : '';
      return chunk({}, FINISH[reason]) + last + frame('[DONE]');
    },
    fault: (fault) => frame(openAiFault(fault)),
  };
}
