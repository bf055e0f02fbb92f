import { isSafeUrl } from '@sluice/toolkit';
import fc from 'fast-check';

/*
 * Bodies of `POST /v1/messages` as the vendor's SDK writes them, the fields of each block in the order in which the adapter
 * writes them too, so that a round trip can be compared byte by byte: a prompt's prefix is cached by what it says.
 */

type Json = Record<string, unknown>;

const words = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => /\S/.test(text));
const base64 = fc.base64String({ minLength: 4 });
const id = (prefix: string): fc.Arbitrary<string> => fc.stringMatching(/^[a-zA-Z0-9]{4}$/).map((end) => prefix + end);
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(words, fc.integer(), fc.boolean()));
/** As the service takes it where it holds a model to it. */
const schema = object.map((properties) => ({ properties, additionalProperties: false, type: 'object' }));
const mark = fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '5m' }, { type: 'ephemeral', ttl: '1h' });
const cited = fc.constant({ enabled: true });

/** An object with `needed` fields and perhaps some of `more`, all in the order given. */
function block(
  needed: Record<string, fc.Arbitrary<unknown>>,
  more: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Json> {
  const order = [...Object.keys(needed), ...Object.keys(more)];
  return fc
    .record({ ...needed, ...more }, { requiredKeys: Object.keys(needed) })
    .map((fields) => Object.fromEntries(order.filter((key) => key in fields).map((key) => [key, fields[key]])));
}

const as = (type: string): fc.Arbitrary<string> => fc.constant(type);
/** Some names of hosts are of private networks, and refused. */
const urlSource = block({ type: as('url'), url: fc.webUrl().filter((url) => isSafeUrl(url)) });
const fileSource = block({ type: as('file'), file_id: id('file_') });
const text = block({ type: as('text'), text: words }, { cache_control: mark });
const texts = fc.array(text, { minLength: 1, maxLength: 2 });

const image = block(
  {
    type: as('image'),
    source: fc.oneof(urlSource, fileSource, block({ type: as('base64'), media_type: as('image/png'), data: base64 })),
  },
  { transformations: fc.constant({ oversized_image: 'error' }), cache_control: mark },
);
const document = block(
  {
    type: as('document'),
    source: fc.oneof(
      urlSource,
      fileSource,
      block({ type: as('base64'), media_type: as('application/pdf'), data: base64 }),
      block({ type: as('text'), media_type: as('text/plain'), data: words }),
      block({ type: as('content'), content: fc.oneof(words, texts) }),
    ),
  },
  { title: words, context: words, citations: cited, cache_control: mark },
);
const searchResult = block(
  { type: as('search_result'), source: fc.webUrl(), title: words, content: texts },
  { citations: cited, cache_control: mark },
);
const userBlock = fc.oneof(text, image, document, searchResult, block({ type: as('container_upload'), file_id: id('file_') }));
const toolResult = block(
  { type: as('tool_result'), tool_use_id: id('toolu_'), content: fc.array(userBlock, { maxLength: 2 }) },
  { is_error: fc.constant(true), cache_control: mark },
);

const citation = fc.oneof(
  block({ type: as('page_location'), cited_text: words, document_index: fc.nat(), start_page_number: fc.nat() }),
  block({ type: as('web_search_result_location'), cited_text: words, encrypted_index: base64, url: fc.webUrl() }),
);
const caller = fc.constant({ type: 'code_execution_20260120', tool_id: 'srvtoolu_1' });
const assistantBlock = fc.oneof(
  block({ type: as('thinking'), thinking: fc.string(), signature: base64 }),
  block({ type: as('redacted_thinking'), data: base64 }),
  block(
    { type: as('text'), text: words },
    { citations: fc.array(citation, { minLength: 1, maxLength: 2 }), cache_control: mark },
  ),
  block(
    { type: as('tool_use'), id: id('toolu_'), name: id('t'), input: object },
    { caller, toolset_name: as('browser'), cache_control: mark },
  ),
  block({ type: as('server_tool_use'), id: id('srvtoolu_'), name: as('web_search'), input: object }),
  block({ type: as('web_search_tool_result'), tool_use_id: id('srvtoolu_'), content: fc.array(object) }),
  block({ type: as('block_of_tomorrow'), what: object }),
);

const asked = fc
  .tuple(fc.array(toolResult, { maxLength: 2 }), fc.array(userBlock, { minLength: 1, maxLength: 3 }))
  .map(([results, said]) => ({ role: 'user', content: [...results, ...said] }));
const answered = fc.array(assistantBlock, { minLength: 1, maxLength: 3 }).map((content) => ({ role: 'assistant', content }));
/** Questions and answers in turn, ending with a question, and perhaps with instructions behind it. */
const conversation = (instructions: boolean): fc.Arbitrary<readonly Json[]> =>
  fc
    .tuple(fc.array(fc.tuple(asked, answered), { maxLength: 2 }), asked, fc.option(texts, { nil: undefined }))
    .map(([turns, last, told]) => [
      ...turns.flat(),
      last,
      ...(told && instructions ? [{ role: 'system', content: told }] : []),
    ]);

const tool = fc.oneof(
  block(
    { name: id('t'), input_schema: schema },
    {
      strict: fc.constant(true),
      input_examples: fc.array(object, { minLength: 1, maxLength: 2 }),
      allowed_callers: fc.constant(['direct']),
      defer_loading: fc.boolean(),
      eager_input_streaming: fc.boolean(),
      cache_control: mark,
    },
  ),
  block({ type: as('web_search_20260318'), name: as('web_search') }, { max_uses: fc.nat(), cache_control: mark }),
  block({ type: as('bash_20250124'), name: as('bash') }),
);
const toolChoice = fc.oneof(
  block({ type: fc.constantFrom('auto', 'none') }),
  block({ type: as('auto'), disable_parallel_tool_use: fc.constant(true) }),
);
const offered = block(
  { tools: fc.array(tool, { minLength: 1, maxLength: 4 }) },
  { tool_choice: toolChoice },
);

const wishes = {
  system: texts,
  stop_sequences: fc.array(words, { minLength: 1, maxLength: 2 }),
  metadata: block({ user_id: words }, { trace: words }),
  output_config: block(
    { format: schema.map((held) => ({ type: 'json_schema', schema: held })) },
    { task_budget: object },
  ),
  service_tier: fc.constantFrom('auto', 'standard_only'),
  container: fc.oneof(id('container_'), fc.constant({ skills: ['a'] })),
  // Whatever it says, it leads to a public host.
  mcp_servers: object.map((said) => [{ ...said, url: 'https://mcp.example.com/sse' }]),
  context_management: object,
  inference_geo: as('eu'),
  speed: fc.constantFrom('standard', 'fast'),
  cache_control: mark,
  stream: fc.constant(true),
  x_future: object,
};

/** A body for a model, and what it may say beside the fields that all models take. */
function body(
  model: string,
  more: { readonly fields: Record<string, fc.Arbitrary<unknown>>; readonly instructions: boolean },
): fc.Arbitrary<Json> {
  const base = { model: as(model), max_tokens: fc.integer({ min: 4_096, max: 16_384 }) };
  return fc
    .tuple(
      block({ ...base, messages: conversation(more.instructions) }, { ...wishes, ...more.fields }),
      fc.option(offered, { nil: {} }),
    )
    .map(([fields, tools]) => ({ ...fields, ...tools }));
}

const display = fc.constantFrom('summarized', 'omitted');
/** A model of the generation that samples as it is told and thinks within a budget. */
export const olderBody = fc.oneof(
  body('claude-haiku-4-5', {
    instructions: false,
    fields: { temperature: fc.double({ min: 0, max: 1, noNaN: true }), top_k: fc.nat() },
  }),
  body('claude-haiku-4-5', {
    instructions: false,
    fields: {
      thinking: fc.oneof(
        block({ type: as('enabled'), budget_tokens: fc.integer({ min: 1_024, max: 4_000 }) }, { display }),
        block({ type: as('disabled') }),
      ),
    },
  }),
);
/** A model of the generation that decides itself how it samples and thinks. */
export const currentBody = body('claude-opus-4-8', {
  instructions: true,
  fields: {
    thinking: fc.oneof(block({ type: as('adaptive') }, { display }), block({ type: as('disabled') })),
    output_config: block({ effort: fc.constantFrom('low', 'high', 'xhigh', 'max') }),
  },
});
