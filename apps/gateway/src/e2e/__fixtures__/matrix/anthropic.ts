import Anthropic from '@anthropic-ai/sdk';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';

export const anthropicMessages: ClientKind = {
  name: '@anthropic-ai/sdk',
  showsReasoning: true,
  carriesProof: true,
  errors: { 400: 'BadRequestError', 401: 'AuthenticationError', 404: 'NotFoundError' },
  connect(baseURL, apiKey) {
    const client = new Anthropic({ baseURL, apiKey, maxRetries: 0 });
    return { ask: (asked) => ask(client, asked, [toQuestion(asked)]) };
  },
};

async function ask(client: Anthropic, asked: Asked, messages: Anthropic.MessageParam[]): Promise<Said> {
  const body = toBody(asked, messages);
  const { content } = await (asked.streaming
    ? client.messages.stream(body).finalMessage()
    : client.messages.create(body));
  const calls = content.filter((block) => block.type === 'tool_use');
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: calls.map(({ name, input }) => ({ name, input })),
    reply(results) {
      const told = calls.map(({ id }, at) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: results[at] ?? '',
      }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return ask(client, next, [...messages, { role: 'assistant', content }, { role: 'user', content: told }]);
    },
  };
}

function toQuestion({ text, image }: Asked): Anthropic.MessageParam {
  if (!image) return { role: 'user', content: text };
  return {
    role: 'user',
    content: [
      { type: 'text', text },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE } },
    ],
  };
}

function toBody({ model, tools, reasoning, json }: Asked, messages: Anthropic.MessageParam[]) {
  return {
    model,
    messages,
    max_tokens: 4_000,
    ...(tools && {
      tools: TOOLS.map(({ name, description, schema }) => ({
        name,
        description,
        input_schema: { ...schema, required: [...schema.required] },
      })),
      tool_choice: { type: tools === 'required' ? ('any' as const) : ('auto' as const) },
    }),
    ...(reasoning && { thinking: { type: 'enabled' as const, budget_tokens: 1_024 } }),
    ...(json && { output_config: { format: { type: 'json_schema' as const, schema: CITY } } }),
  };
}
