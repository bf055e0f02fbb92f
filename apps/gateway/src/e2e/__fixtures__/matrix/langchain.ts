import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import type { AIMessageChunk, BaseMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';
import { OPENAI_ERRORS } from './openai-chat.js';

export const langchainOpenAi: ClientKind = {
  name: '@langchain/openai',
  showsReasoning: false,
  carriesProof: false,
  errors: OPENAI_ERRORS,
  connect(url, apiKey) {
    const make = ({ model, reasoning }: Asked): ChatOpenAI =>
      new ChatOpenAI({
        model,
        apiKey,
        maxRetries: 0,
        configuration: { baseURL: `${url}/v1` },
        ...(reasoning && { modelKwargs: { reasoning_effort: 'low' } }),
      });
    return { ask: (asked) => ask(make(asked), asked, [toQuestion(asked)]) };
  },
};

async function ask(model: ChatOpenAI, asked: Asked, messages: BaseMessage[]): Promise<Said> {
  const bound = model.bindTools(asked.tools ? TOOLS.map(toTool) : [], {
    ...(asked.tools === 'required' && { tool_choice: 'required' }),
    ...(asked.json && {
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema: CITY, strict: true } },
    }),
  });
  const message = asked.streaming ? await joined(await bound.stream(messages)) : await bound.invoke(messages);
  const calls = message.tool_calls ?? [];
  return {
    text: message.text,
    reasoning: '',
    calls: calls.map(({ name, args }) => ({ name, input: args })),
    reply(results) {
      const told = calls.map(({ id = '' }, at) => new ToolMessage({ tool_call_id: id, content: results[at] ?? '' }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return ask(model, next, [...messages, message, ...told]);
    },
  };
}

async function joined(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
  if (!whole) throw new Error('The stream was empty.');
  return whole;
}

function toTool({ name, description, schema }: (typeof TOOLS)[number]) {
  return { type: 'function' as const, function: { name, description, parameters: schema, strict: true } };
}

function toQuestion({ text, image }: Asked): HumanMessage {
  const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } };
  return new HumanMessage({ content: image ? [{ type: 'text', text }, picture] : text });
}
