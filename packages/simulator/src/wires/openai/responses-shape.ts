import { EFFORTS, SERVICE_TIERS } from './chat-shape.js';
import {
  anything,
  boolean,
  either,
  findFlaw,
  integer,
  list,
  nullish,
  number,
  object,
  oneOf,
  openObject,
  optional,
  record,
  tagged,
  text,
  type Fields,
  type Shape,
} from '../../shape/shape.js';
import { isObject } from '../../question.js';

/**
 * The body of `POST /v1/responses`. Source: npm openai 7.57.0, resources/responses/responses.d.ts
 * (`ResponseCreateParamsBase`, `ResponseInputItem`).
 */

const breakpoint: Fields = { prompt_cache_breakpoint: optional(record) };
const contentParts = tagged('type', {
  input_text: { text: text(), ...breakpoint },
  input_image: {
    image_url: nullish(text()),
    file_id: nullish(text()),
    detail: nullish(oneOf('auto', 'low', 'high', 'original')),
    ...breakpoint,
  },
  input_file: {
    file_data: nullish(text()),
    file_id: nullish(text()),
    file_url: nullish(text()),
    filename: nullish(text()),
    detail: optional(oneOf('auto', 'low', 'high')),
    ...breakpoint,
  },
  input_audio: { input_audio: record },
  output_text: { text: text(), annotations: optional(list(record)), logprobs: nullish(list(record)) },
  refusal: { refusal: text() },
});
const content = either(text(), list(contentParts));
const status = { status: nullish(oneOf('in_progress', 'completed', 'incomplete')) };

const message = object({
  type: optional(oneOf('message')),
  role: oneOf('user', 'assistant', 'system', 'developer'),
  content,
  id: nullish(text()),
  phase: nullish(oneOf('commentary', 'final_answer')),
  ...status,
});
const call: Fields = {
  id: nullish(text()),
  call_id: text({ min: 1, max: 64 }),
  name: text({ min: 1 }),
  namespace: optional(text()),
  caller: nullish(record),
  async: optional(boolean),
  ...status,
};
const output: Fields = {
  id: nullish(text()),
  call_id: text({ min: 1, max: 64 }),
  output: either(text(), list(contentParts)),
  caller: nullish(record),
  ...status,
};

const ITEMS: Readonly<Record<string, Shape>> = Object.fromEntries(
  Object.entries({
    function_call: { arguments: text(), ...call },
    function_call_output: output,
    custom_tool_call: { input: text(), ...call },
    custom_tool_call_output: output,
    reasoning: {
      id: nullish(text()),
      summary: list(object({ type: oneOf('summary_text'), text: text() })),
      content: nullish(list(record)),
      encrypted_content: nullish(text()),
      ...status,
    },
    item_reference: { id: text() },
  }).map(([type, fields]) => [type, object({ type: text(), ...fields })] as const),
);
/** Items of tools that the vendor runs itself. */
const otherItem = openObject({ type: text() });

const item: Shape = {
  type: 'object',
  optional: false,
  check(value, path) {
    const type = isObject(value) ? (value['type'] ?? 'message') : 'message';
    if (type === 'message') return message.check(value, path);
    return ((typeof type === 'string' ? ITEMS[type] : undefined) ?? otherItem).check(value, path);
  },
};

const tool: Shape = {
  type: 'object',
  optional: false,
  check(value, path) {
    const type = isObject(value) ? value['type'] : undefined;
    if (type === 'function') return functionTool.check(value, path);
    return type === 'custom' ? customTool.check(value, path) : otherItem.check(value, path);
  },
};
const common: Fields = {
  type: text(),
  description: nullish(text()),
  allowed_callers: nullish(list(text())),
  async: optional(boolean),
  defer_loading: optional(boolean),
};
const functionTool = object({
  ...common,
  name: text({ min: 1, max: 128 }),
  parameters: nullish(record),
  strict: nullish(boolean),
  output_schema: nullish(record),
});
const customTool = object({ ...common, name: text({ min: 1 }), format: optional(record) });

const format = tagged('type', {
  text: {},
  json_object: {},
  json_schema: {
    name: text({ min: 1, max: 64 }),
    schema: record,
    description: optional(text()),
    strict: nullish(boolean),
  },
});

const BODY = object({
  model: text({ min: 1 }),
  input: optional(either(text(), list(item))),
  access_programs: optional(record),
  background: nullish(boolean),
  context_management: nullish(list(record)),
  conversation: nullish(either(text(), record)),
  image: optional(record),
  include: nullish(list(text())),
  instructions: nullish(text()),
  max_output_tokens: nullish(integer({ min: 16 })),
  max_tool_calls: nullish(integer({ min: 1 })),
  metadata: nullish(record),
  moderation: nullish(record),
  parallel_tool_calls: nullish(boolean),
  previous_response_id: nullish(text()),
  prompt: nullish(record),
  prompt_cache_key: nullish(text()),
  prompt_cache_options: optional(record),
  prompt_cache_retention: nullish(oneOf('in_memory', '24h')),
  reasoning: nullish(
    object({
      effort: nullish(oneOf(...EFFORTS)),
      summary: nullish(oneOf('auto', 'concise', 'detailed')),
      generate_summary: nullish(oneOf('auto', 'concise', 'detailed')),
      context: nullish(text()),
      mode: optional(text()),
    }),
  ),
  safety_identifier: nullish(text()),
  service_tier: nullish(oneOf(...SERVICE_TIERS)),
  store: nullish(boolean),
  stream: nullish(boolean),
  stream_options: nullish(object({ include_obfuscation: optional(boolean) })),
  temperature: nullish(number({ min: 0, max: 2 })),
  text: optional(object({ format: optional(format), verbosity: nullish(oneOf('low', 'medium', 'high')) })),
  tool_choice: optional(either(oneOf('none', 'auto', 'required'), openObject({ type: text() }))),
  tools: optional(list(tool)),
  top_logprobs: nullish(integer({ min: 0, max: 20 })),
  top_p: nullish(number({ min: 0, max: 1 })),
  truncation: nullish(oneOf('auto', 'disabled')),
  user: optional(text()),
  client_metadata: optional(anything),
});

export function findResponseFlaw(body: unknown): ReturnType<typeof findFlaw> {
  return findFlaw(BODY, body);
}
