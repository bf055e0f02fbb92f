import OpenAI from 'openai';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';

type Message = OpenAI.ChatCompletionMessageParam;
export type ChatBody = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>;

export const OPENAI_ERRORS = { 400: 'BadRequestError', 401: 'AuthenticationError', 404: 'NotFoundError' };

/** What a client of chat completions does with a body: the whole message, however it was brought. */
export type ChatSender = (body: ChatBody, streaming: boolean) => Promise<OpenAI.ChatCompletionMessage>;

/** A conversation by OpenAI's chat completions, through whichever client sends them. */
export async function askChat(send: ChatSender, asked: Asked, messages = [toQuestion(asked)]): Promise<Said> {
  const message = await send(toBody(asked, messages), asked.streaming);
  const calls = message.tool_calls?.filter((call) => call.type === 'function') ?? [];
  return {
    text: message.content ?? '',
    reasoning: (message as { reasoning_content?: string }).reasoning_content ?? '',
    calls: calls.map(({ function: { name, arguments: input } }) => ({ name, input: JSON.parse(input) as unknown })),
    reply(results) {
      const told = calls.map(({ id }, at): Message => ({ role: 'tool', tool_call_id: id, content: results[at] ?? '' }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return askChat(send, next, [...messages, message, ...told]);
    },
  };
}

function toQuestion({ text, image }: Asked): Message {
  if (!image) return { role: 'user', content: text };
  const content = [
    { type: 'text' as const, text },
    { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${IMAGE}` } },
  ];
  return { role: 'user', content };
}

function toBody({ model, tools, reasoning, json }: Asked, messages: Message[]): ChatBody {
  return {
    model,
    messages,
    ...(tools && {
      tools: TOOLS.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema, strict: true },
      })),
      tool_choice: tools === 'required' ? 'required' : 'auto',
    }),
    ...(reasoning && { reasoning_effort: 'low' }),
    ...(json && {
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema: CITY, strict: true } },
    }),
  };
}

export const openAiChat: ClientKind = {
  name: 'openai, chat completions',
  showsReasoning: true,
  carriesProof: true,
  errors: OPENAI_ERRORS,
  connect(url, apiKey) {
    const { completions } = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }).chat;
    return {
      ask: (asked) =>
        askChat(async (body, streaming) => {
          const { choices } = streaming
            ? await completions.stream({ ...body, stream: true }).finalChatCompletion()
            : await completions.create(body);
          return choices[0]?.message as OpenAI.ChatCompletionMessage;
        }, asked),
    };
  },
};
