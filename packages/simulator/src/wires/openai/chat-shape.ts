import {
  anything,
  boolean,
  either,
  integer,
  list,
  nullish,
  number,
  object,
  oneOf,
  optional,
  record,
  tagged,
  text,
  type Fields,
} from '../../shape/shape.js';

/**
 * The body of `POST /v1/chat/completions`. Source: npm openai 7.57.0, resources/chat/completions/completions.d.ts
 * (`ChatCompletionCreateParamsBase`), with the bounds of platform.openai.com/docs/api-reference/chat/create. `parsed` and
 * `parsed_arguments` are what the SDK itself adds to an answer, and what its `runTools` sends back with it (lib/parser.mjs,
 * lib/AbstractChatCompletionRunner.mjs).
 */

const breakpoint: Fields = { prompt_cache_breakpoint: optional(record) };
const textPart: Fields = { text: text(), ...breakpoint };

const userPart = tagged('type', {
  text: textPart,
  image_url: {
    image_url: object({ url: text(), detail: optional(oneOf('auto', 'low', 'high', 'original')) }),
    ...breakpoint,
  },
  input_audio: { input_audio: object({ data: text(), format: oneOf('wav', 'mp3') }), ...breakpoint },
  file: {
    file: object({ file_data: optional(text()), file_id: optional(text()), filename: optional(text()) }),
    ...breakpoint,
  },
});
const texts = either(text(), list(tagged('type', { text: textPart }), { min: 1 }));

const toolCall = tagged('type', {
  function: { id: text(), function: object({ name: text(), arguments: text(), parsed_arguments: optional(anything) }) },
  custom: { id: text(), custom: object({ name: text(), input: text() }) },
});

const name = { name: optional(text()) };
const message = tagged('role', {
  developer: { content: texts, ...name },
  system: { content: texts, ...name },
  user: { content: either(text(), list(userPart, { min: 1 })), ...name },
  assistant: {
    content: nullish(either(text(), list(tagged('type', { text: textPart, refusal: { refusal: text() } })))),
    refusal: nullish(text()),
    audio: nullish(object({ id: text() })),
    annotations: optional(list(record)),
    reasoning_content: nullish(text()),
    parsed: optional(anything),
    tool_calls: optional(list(toolCall)),
    function_call: nullish(object({ name: text(), arguments: text() })),
    ...name,
  },
  tool: { content: texts, tool_call_id: text() },
  function: { content: nullish(text()), name: text() },
});

const functionDefinition = {
  name: text({ min: 1, max: 64 }),
  description: optional(text()),
  parameters: optional(record),
  strict: nullish(boolean),
};

const tool = tagged('type', {
  function: { function: object(functionDefinition) },
  custom: {
    custom: object({ name: text({ min: 1 }), description: optional(text()), format: optional(record) }),
  },
});

const toolChoice = either(
  oneOf('none', 'auto', 'required'),
  tagged('type', {
    function: { function: object({ name: text() }) },
    custom: { custom: object({ name: text() }) },
    allowed_tools: { allowed_tools: object({ mode: oneOf('auto', 'required'), tools: list(record) }) },
  }),
);

const responseFormat = tagged('type', {
  text: {},
  json_object: {},
  json_schema: {
    json_schema: object({
      name: text({ min: 1, max: 64 }),
      description: optional(text()),
      schema: optional(record),
      strict: nullish(boolean),
    }),
  },
});

const sampling: Fields = {
  frequency_penalty: nullish(number({ min: -2, max: 2 })),
  logit_bias: nullish(record),
  logprobs: nullish(boolean),
  n: nullish(integer({ min: 1, max: 128 })),
  presence_penalty: nullish(number({ min: -2, max: 2 })),
  seed: nullish(integer()),
  stop: nullish(either(text(), list(text(), { min: 1, max: 4 }))),
  temperature: nullish(number({ min: 0, max: 2 })),
  top_logprobs: nullish(integer({ min: 0, max: 20 })),
  top_p: nullish(number({ min: 0, max: 1 })),
};

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
export const SERVICE_TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];

export const CHAT_BODY = object({
  model: text({ min: 1 }),
  messages: list(message, { min: 1 }),
  audio: nullish(record),
  function_call: optional(either(oneOf('none', 'auto'), object({ name: text() }))),
  functions: optional(list(record, { min: 1, max: 128 })),
  max_completion_tokens: nullish(integer({ min: 1 })),
  max_tokens: nullish(integer({ min: 1 })),
  metadata: nullish(record),
  modalities: nullish(list(oneOf('text', 'audio'))),
  moderation: nullish(record),
  parallel_tool_calls: optional(boolean),
  prediction: nullish(record),
  prompt_cache_key: nullish(text()),
  prompt_cache_options: optional(record),
  prompt_cache_retention: nullish(oneOf('in_memory', '24h')),
  reasoning_effort: nullish(oneOf(...EFFORTS)),
  response_format: optional(responseFormat),
  safety_identifier: nullish(text()),
  service_tier: nullish(oneOf(...SERVICE_TIERS)),
  store: nullish(boolean),
  stream: nullish(boolean),
  stream_options: nullish(object({ include_usage: optional(boolean), include_obfuscation: optional(boolean) })),
  tool_choice: optional(toolChoice),
  tools: optional(list(tool, { min: 1, max: 128 })),
  user: optional(text()),
  verbosity: nullish(oneOf('low', 'medium', 'high')),
  web_search_options: optional(anything),
  ...sampling,
});
