import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, jsonSchema, streamText, tool } from 'ai';
import type { LanguageModel, ModelMessage, ToolSet } from 'ai';
import { CITY, IMAGE, TOOLS } from './client.js';
import type { Asked, ClientKind, Said } from './client.js';

type Call = Parameters<typeof generateText>[0] & Parameters<typeof streamText>[0];
type Options = NonNullable<Call['providerOptions']>;

const ERRORS = { 400: 'AI_APICallError', 401: 'AI_APICallError', 404: 'AI_APICallError' };
const tools: ToolSet = Object.fromEntries(
  TOOLS.map(({ name, description, schema }) => [
    name,
    tool({ description, inputSchema: jsonSchema<{ city: string }>({ ...schema, required: [...schema.required] }) }),
  ]),
);

/** One of the SDK's packages, and what its users set beside a call. */
interface Package {
  /** A model by its name in the gateway. */
  readonly make: (name: string) => LanguageModel;
  readonly options?: (asked: Asked) => Options;
}

interface Traits {
  readonly name: string;
  readonly api?: 'responses';
  readonly carriesProof: boolean;
}

function clientOf({ name, ...traits }: Traits, connect: (url: string, apiKey: string) => Package): ClientKind {
  return {
    ...traits,
    name: `ai with ${name}`,
    showsReasoning: true,
errors: ERRORS,
    connect(url, apiKey) {
      const used = connect(url, apiKey);
      return { ask: (asked) => ask(used, asked, [toQuestion(asked)]) };
    },
  };
}

/** By the Responses API, as the package does unless told otherwise. A model with a prefix is said to reason by its users. */
export const aiOpenAi = clientOf({ name: '@ai-sdk/openai', api: 'responses', carriesProof: true }, (url, apiKey) => ({
  make: createOpenAI({ baseURL: `${url}/v1`, apiKey }),
  options: ({ reasoning }) => ({
    openai: { store: false, ...(reasoning && { forceReasoning: true, reasoningSummary: 'auto' }) },
  }),
}));

/** It keeps the text of reasoning, and no signature. */
export const aiCompatible = clientOf({ name: '@ai-sdk/openai-compatible', carriesProof: false }, (url, apiKey) => ({
  make: createOpenAICompatible({ name: 'sluice', baseURL: `${url}/v1`, apiKey, supportsStructuredOutputs: true }),
}));

export const aiAnthropic = clientOf({ name: '@ai-sdk/anthropic', carriesProof: true }, (url, apiKey) => ({
  make: createAnthropic({ baseURL: `${url}/v1`, apiKey }),
}));

async function ask(used: Package, asked: Asked, messages: ModelMessage[]): Promise<Said> {
  const call: Call = {
    model: used.make(asked.model),
    messages,
    maxRetries: 0,
    ...(used.options && { providerOptions: used.options(asked) }),
    ...(asked.tools && { tools, toolChoice: asked.tools === 'required' ? 'required' : 'auto' }),
    ...(asked.reasoning && { reasoning: 'low' }),
    ...(asked.json && { output: Output.object({ schema: jsonSchema({ ...CITY, required: [...CITY.required] }) }) }),
  };
  const said = await (asked.streaming ? readStream(call) : generateText(call));
  const { text, reasoningText, toolCalls, responseMessages } = said;
  return {
    text,
    reasoning: reasoningText ?? '',
    calls: toolCalls.map(({ toolName, input }) => ({ name: toolName, input: input as unknown })),
    reply(results) {
      const content = toolCalls.map(({ toolCallId, toolName }, at) => ({
        type: 'tool-result' as const,
        toolCallId,
        toolName,
        output: { type: 'text' as const, value: results[at] ?? '' },
      }));
      const next = { ...asked, ...(asked.tools && { tools: 'free' as const }) };
      return ask(used, next, [...messages, ...responseMessages, { role: 'tool', content }]);
    },
  };
}

/** The promises of a stream reject with what it was read to; what went wrong is told to `onError`. */
async function readStream(call: Call) {
  const failures: Error[] = [];
  const stream = streamText({ ...call, onError: ({ error }) => void failures.push(error as Error) });
  await stream.consumeStream();
  if (failures[0]) throw failures[0];
  return {
    text: await stream.text,
    reasoningText: await stream.reasoningText,
    toolCalls: await stream.toolCalls,
    responseMessages: await stream.responseMessages,
  };
}

function toQuestion({ text, image }: Asked): ModelMessage {
  if (!image) return { role: 'user', content: text };
  return {
    role: 'user',
    content: [
      { type: 'text', text },
      { type: 'file', mediaType: 'image/png', data: IMAGE },
    ],
  };
}
