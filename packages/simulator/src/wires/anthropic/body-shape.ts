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
  openObject,
  optional,
  record,
  tagged,
  text,
  type Fields,
  type Shape,
} from '../../shape/shape.js';

/**
 * The bodies of `POST /v1/messages` and `/v1/messages/count_tokens`. Source: npm @anthropic-ai/sdk 1.12.0,
 * resources/messages/messages.d.ts (`MessageCreateParamsBase`, `MessageCountTokensParams`), which is API version
 * 2026-10-21; 2023-06-01 also takes the sampling parameters: platform.claude.com/docs/en/api/migration-2026-10-21
 */

const cached: Fields = {
  cache_control: nullish(object({ type: oneOf('ephemeral'), ttl: optional(oneOf('5m', '1h')) })),
};
const citations: Fields = { citations: nullish(object({ enabled: optional(boolean) })) };

const textBlock: Fields = { text: text(), citations: nullish(list(record)), ...cached };
const imageBlock: Fields = {
  source: tagged('type', {
    base64: { media_type: oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp'), data: text({ min: 1 }) },
    url: { url: text() },
    file: { file_id: text() },
  }),
  transformations: nullish(record),
  ...cached,
};
const documentBlock: Fields = {
  source: tagged('type', {
    base64: { media_type: oneOf('application/pdf'), data: text({ min: 1 }) },
    text: { media_type: oneOf('text/plain'), data: text() },
    content: { content: either(text(), list(record)) },
    url: { url: text() },
    file: { file_id: text() },
  }),
  context: nullish(text()),
  title: nullish(text()),
  ...citations,
  ...cached,
};
const searchResult: Fields = { content: list(record), source: text(), title: text(), ...citations, ...cached };
const serverResult: Fields = { tool_use_id: text(), content: anything, caller: optional(record), ...cached };

const toolResult: Fields = {
  tool_use_id: text({ min: 1 }),
  content: optional(
    either(
      text(),
      list(
        tagged('type', {
          text: textBlock,
          image: imageBlock,
          document: documentBlock,
          search_result: searchResult,
          tool_reference: { tool_name: text(), ...cached },
        }),
      ),
    ),
  ),
  is_error: optional(boolean),
  toolset_name: nullish(text()),
  ...cached,
};

const block = tagged('type', {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResult,
  thinking: { thinking: text(), signature: text() },
  redacted_thinking: { data: text() },
  tool_use: {
    id: text(),
    name: text({ min: 1 }),
    input: record,
    caller: optional(record),
    toolset_name: nullish(text()),
    ...cached,
  },
  tool_result: toolResult,
  server_tool_use: { id: text(), name: text(), input: anything, caller: optional(record), ...cached },
  web_search_tool_result: serverResult,
  web_fetch_tool_result: serverResult,
  code_execution_tool_result: serverResult,
  bash_code_execution_tool_result: serverResult,
  text_editor_code_execution_tool_result: serverResult,
  tool_search_tool_result: serverResult,
  container_upload: { file_id: text(), ...cached },
});

const content = either(text(), list(block));
const texts = either(text(), list(tagged('type', { text: textBlock })));
const message = tagged('role', { user: { content }, assistant: { content }, system: { content: texts } });

const ownTool = object({
  type: nullish(oneOf('custom')),
  name: text({ min: 1, max: 128 }),
  description: optional(text()),
  input_schema: openObject({ type: oneOf('object'), properties: nullish(record), required: nullish(list(text())) }),
  allowed_callers: optional(list(text())),
  defer_loading: optional(boolean),
  eager_input_streaming: nullish(boolean),
  input_examples: optional(list(record)),
  strict: optional(boolean),
  ...cached,
});
const vendorTool = openObject({ type: text() });
/** A tool that names a type other than `custom` is one that the vendor runs or knows. */
const tool: Shape = {
  ...ownTool,
  check(value, path) {
    const type = (value as { readonly type?: unknown } | null)?.type;
    return typeof type === 'string' && type !== 'custom'
      ? vendorTool.check(value, path)
      : ownTool.check(value, [...path, 'custom']);
  },
};

const parallel: Fields = { disable_parallel_tool_use: optional(boolean) };
const display: Fields = { display: nullish(oneOf('summarized', 'omitted')) };

const counted: Fields = {
  model: text({ min: 1 }),
  messages: list(message),
  cache_control: nullish(object({ type: oneOf('ephemeral'), ttl: optional(oneOf('5m', '1h')) })),
  output_config: optional(
    object({
      effort: nullish(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
      format: nullish(tagged('type', { json_schema: { schema: record } })),
    }),
  ),
  speed: nullish(oneOf('standard', 'fast')),
  system: optional(texts),
  thinking: optional(
    tagged('type', {
      enabled: { budget_tokens: integer({ min: 1_024 }), ...display },
      disabled: {},
      adaptive: display,
      between_tools: {},
    }),
  ),
  tool_choice: optional(
    tagged('type', { auto: parallel, any: parallel, tool: { name: text(), ...parallel }, none: {} }),
  ),
  tools: optional(list(tool)),
  user_profile_id: optional(text()),
  workspace_id: optional(text()),
};

const created: Fields = {
  ...counted,
  max_tokens: integer({ min: 0 }),
  container: nullish(either(text(), record)),
  diagnostics: nullish(record),
  inference_geo: nullish(text()),
  metadata: optional(object({ user_id: nullish(text({ max: 512 })) })),
  service_tier: optional(oneOf('auto', 'standard_only')),
  stop_sequences: optional(list(text())),
  stream: optional(boolean),
};

/** By API version; count_tokens never took sampling parameters. */
export const MESSAGE_BODIES: Readonly<Record<string, Shape>> = {
  '2026-10-21': object(created),
  '2023-06-01': object({
    ...created,
    temperature: optional(number({ min: 0, max: 1 })),
    top_p: optional(number({ min: 0, max: 1 })),
    top_k: optional(integer({ min: 0 })),
  }),
};
export const COUNT_BODY = object(counted);
/** What `anthropic-beta` lets through besides. */
export const BETA_BODY: Fields = { context_management: optional(record), mcp_servers: optional(list(record)) };
