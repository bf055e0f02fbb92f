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
} from '../../shape/shape.js';

/** The body of `POST /v2/chat`: docs.cohere.com/reference/chat, and npm cohere-ai 8.1.0, dist/serialization/resources/v2. */

const toolCall = object({
  id: text({ min: 1 }),
  type: oneOf('function'),
  function: object({ name: text(), arguments: text() }),
});
const texts = either(text(), list(record));

const message = tagged('role', {
  user: {
    content: either(
      text(),
      list(
        tagged('type', {
          text: { text: text() },
          image_url: { image_url: object({ url: text(), detail: optional(oneOf('auto', 'low', 'high')) }) },
        }),
      ),
    ),
  },
  assistant: {
    content: nullish(either(text(), list(tagged('type', { text: { text: text() }, thinking: { thinking: text() } })))),
    tool_calls: nullish(list(toolCall)),
    tool_plan: nullish(text()),
    citations: nullish(list(record)),
  },
  system: { content: texts },
  tool: { tool_call_id: text(), content: texts },
});

export const CHAT_BODY = object({
  model: text({ min: 1 }),
  messages: list(message, { min: 1 }),
  stream: nullish(boolean),
  tools: nullish(
    list(
      object({
        type: oneOf('function'),
        function: object({ name: text({ min: 1 }), description: nullish(text()), parameters: record }),
      }),
    ),
  ),
  strict_tools: nullish(boolean),
  documents: nullish(list(either(text(), record))),
  citation_options: nullish(record),
  response_format: nullish(tagged('type', { text: {}, json_object: { json_schema: nullish(record) } })),
  safety_mode: nullish(oneOf('CONTEXTUAL', 'STRICT', 'OFF')),
  max_tokens: nullish(integer({ min: 1 })),
  stop_sequences: nullish(list(text(), { max: 5 })),
  temperature: nullish(number({ min: 0, max: 1 })),
  seed: nullish(integer({ min: 0 })),
  frequency_penalty: nullish(number({ min: 0, max: 1 })),
  presence_penalty: nullish(number({ min: 0, max: 1 })),
  k: nullish(integer({ min: 0, max: 500 })),
  p: nullish(number({ min: 0.01, max: 0.99 })),
  logprobs: nullish(boolean),
  tool_choice: nullish(oneOf('REQUIRED', 'NONE')),
  thinking: nullish(object({ type: oneOf('enabled', 'disabled'), token_budget: nullish(integer({ min: 1 })) })),
  priority: nullish(integer({ min: 0, max: 999 })),
  raw_prompting: optional(anything),
});
