import OpenAI from 'openai';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';
import { OPENAI_ERRORS } from './openai-chat.js';

type Items = OpenAI.Responses.ResponseInput;

export const openAiResponses: ClientKind = {
  name: 'openai, responses',
  api: 'responses',
  showsReasoning: true,
  carriesProof: true,
  errors: OPENAI_ERRORS,
  connect(url, apiKey) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    return { ask: (asked) => ask(client, asked, [toQuestion(asked)]) };
  },
};

async function ask(client: OpenAI, asked: Asked, input: Items): Promise<Said> {
  const body = toBody(asked, input);
  const response: OpenAI.Responses.Response = asked.streaming
    ? await client.responses.stream({ ...body, stream: true }).finalResponse()
    : await client.responses.create(body);
  const calls = response.output.filter((item) => item.type === 'function_call');
  const thoughts = response.output.flatMap((item) => (item.type === 'reasoning' ? item.summary : []));
  return {
    text: response.output_text,
    reasoning: thoughts.map(({ text }) => text).join(''),
    calls: calls.map(({ name, arguments: input }) => ({ name, input: JSON.parse(input) as unknown })),
    reply(results) {
      const told = calls.map(({ call_id }, at) => ({
        type: 'function_call_output' as const,
        call_id,
        output: results[at] ?? '',
      }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return ask(client, next, [...input, ...response.output.map(withoutParsed), ...told] as Items);
    },
  };
}

/** The vendor refuses what the SDK adds to a call: https://github.com/openai/openai-python/issues/2720 */
function withoutParsed(item: OpenAI.Responses.ResponseOutputItem): object {
  const { parsed_arguments: _, ...sent } = item as { parsed_arguments?: unknown };
  return sent;
}

function toQuestion({ text, image }: Asked): Items[number] {
  if (!image) return { role: 'user', content: text };
  return {
    role: 'user',
    content: [
      { type: 'input_text', text },
      { type: 'input_image', image_url: `data:image/png;base64,${IMAGE}`, detail: 'auto' },
    ],
  };
}

/** Nothing is stored: the conversation goes back and forth whole, as agents send it. */
function toBody({ model, tools, reasoning, json }: Asked, input: Items) {
  return {
    model,
    input,
    store: false,
    ...(tools && {
      tools: TOOLS.map(({ name, description, schema }) => ({
        type: 'function' as const,
        name,
        description,
        parameters: schema,
        strict: true,
      })),
      tool_choice: tools === 'required' ? ('required' as const) : ('auto' as const),
    }),
    ...(reasoning && {
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    }),
    ...(json && { text: { format: { type: 'json_schema' as const, name: 'place', schema: CITY, strict: true } } }),
  };
}
