import type { JsonObject } from '@sluice/contract';
import { openAiChat } from '@sluice/dialect-openai';
import { openai } from '@sluice/provider-openai';
import { openAiCompatible } from '@sluice/provider-openai-compatible';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const secret = (): Promise<string> => Promise.resolve('k');
const KINDS = {
  openai: openai.create(openai.settings.parse({ kind: 'openai' }), { secret }),
  compatible: openAiCompatible.create(
    openAiCompatible.settings.parse({ kind: 'openai-compatible', baseUrl: 'http://a/v1' }),
    { secret },
  ),
};

/** What a provider is sent for a body of the dialect, through the canonical form, and what it is not told. */
function roundTrip(body: JsonObject, { baseUrl, operations }: (typeof KINDS)[keyof typeof KINDS]) {
  const call = openAiChat.parse(body);
  const target = { provider: 'p', model: call.model, baseUrl };
  const { request, adjustments } = operations.chat.encode(call.toRequest(), target);
  const lost = [...(call.adjustments ?? []), ...adjustments].map(({ parameter }) => parameter);
  return { sent: JSON.parse(String(request.body)) as JsonObject, lost };
}

const isFunction = ({ type }: { readonly type: string }): boolean => type === 'function';

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((value) => Buffer.from(value).toString('base64'));
/** A name that no caller is refused. */
const label = fc.stringMatching(/^[a-z]{1,6}$/);
/** Its members are the caller's own, whatever they are called. */
const schema = fc
  .tuple(
    fc.record({ type: fc.constant('object'), properties: fc.dictionary(name, fc.constant({ type: 'string' })) }),
    fc.dictionary(fc.constantFrom('$defs', '__proto__'), fc.constant({})),
  )
  .map(([own, more]) => ({ ...own, ...more }));

const textPart = fc.record({ type: fc.constant('text'), text });
const shown = fc.oneof(
  textPart,
  fc.record({
    type: fc.constant('image_url'),
    image_url: fc.record(
      {
        url: fc.oneof(
          fc.constant('https://a.example/b.png'),
          bytes.map((data) => `data:image/png;base64,${data}`),
        ),
        detail: fc.constantFrom('auto', 'low', 'high'),
      },
      { requiredKeys: ['url'] },
    ),
  }),
  fc.record({
    type: fc.constant('input_audio'),
    input_audio: fc.record({ data: bytes, format: fc.constantFrom('wav', 'mp3') }),
  }),
  fc.record({
    type: fc.constant('file'),
    file: fc.oneof(
      fc.record({ filename: name, file_data: bytes.map((data) => `data:application/pdf;base64,${data}`) }),
      fc.record({ file_id: name }),
    ),
  }),
);
const named = fc.record({ name: optional(name) });
const user = fc
  .tuple(fc.oneof(text, fc.array(shown, { minLength: 2, maxLength: 4 })), named)
  .map(([content, more]) => [{ role: 'user', content, ...more }]);
const system = fc.tuple(text, named).map(([content, more]) => [{ role: 'system', content, ...more }]);
const call = fc.oneof(
  fc.record({ id: fc.uuid(), type: fc.constant('function'), function: fc.record({ name, arguments: fc.json() }) }),
  fc.record({ id: fc.uuid(), type: fc.constant('custom'), custom: fc.record({ name, input: text }) }),
);
const turn = fc
  .record({
    content: fc.option(text),
    calls: fc.array(call, { maxLength: 2 }),
    reasoning: optional(text),
    refusal: optional(text),
    result: text,
  })
  .map(({ content, calls, reasoning, refusal, result }) => [
    {
      role: 'assistant',
      content: content ?? (calls.length > 0 || refusal !== undefined ? null : ''),
      // Reasoning goes back with the calls that it led to, and nowhere else.
      ...(reasoning !== undefined && calls.length > 0 ? { reasoning_content: reasoning } : {}),
      ...(refusal === undefined ? {} : { refusal }),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
    ...calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: result })),
  ]);
const messages = fc.array(fc.oneof(user, system, turn), { minLength: 1, maxLength: 6 }).map((groups) => groups.flat());

const tool = fc.oneof(
  fc.record({
    type: fc.constant('function'),
    function: fc.record(
      { name, description: text, parameters: schema, strict: fc.boolean() },
      { requiredKeys: ['name', 'parameters'] },
    ),
  }),
  fc.record({ type: fc.constant('custom'), custom: fc.record({ name, format: fc.constant({ type: 'text' }) }) }),
  fc.constant({ type: 'web_search' }),
);
/** Functions first: the order between them and other tools has no canonical place. */
const tools = fc
  .array(tool, { minLength: 1, maxLength: 3 })
  .map((all) => [...all.filter(isFunction), ...all.filter((one) => !isFunction(one))]);
const offered = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      tools,
      tool_choice: fc.constantFrom('auto', 'none', 'required'),
      parallel_tool_calls: fc.boolean(),
    },
    { requiredKeys: ['tools'] },
  ),
);
const number = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const sampled = fc.record(
  {
    temperature: number,
    top_p: number,
    stop: fc.array(text, { minLength: 1, maxLength: 4 }),
    seed: fc.integer(),
    frequency_penalty: number,
    presence_penalty: number,
    response_format: fc.oneof(
      fc.constantFrom({ type: 'text' }, { type: 'json_object' }),
      schema.map((own) => ({ type: 'json_schema', json_schema: { name: 'a', schema: own, strict: true } })),
    ),
    reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    service_tier: fc.constantFrom('auto', 'flex'),
    prompt_cache_key: text,
    user: text,
    // What only this dialect has.
    modalities: fc.constant(['text']),
    audio: fc.constant({ format: 'wav', voice: 'ash' }),
    prediction: fc.constant({ type: 'content', content: 'x' }),
    web_search_options: fc.constant({ search_context_size: 'low' }),
    store: fc.boolean(),
    metadata: fc.dictionary(label, text, { maxKeys: 3 }),
    logit_bias: fc.constant({ 50256: -100 }),
    safety_identifier: text,
    prompt_cache_retention: fc.constant('24h'),
    x_future: fc.jsonValue().filter((value) => value !== null),
  },
  { requiredKeys: [] },
);
const logprobs = fc.oneof(
  fc.constant({}),
  fc.constant({ logprobs: true }),
  fc.constant({ logprobs: true, top_logprobs: 3 }),
);
const streamed = fc.oneof(fc.constant({}), fc.constant({ stream: true, stream_options: { include_usage: true } }));
const body = fc
  .tuple(messages, offered, sampled, logprobs, streamed)
  .map(
    ([said, ...rest]) =>
      JSON.parse(JSON.stringify(Object.assign({ model: 'gpt-4.1', messages: said }, ...rest))) as JsonObject,
  );

describe('a request of the dialect, through the canonical form and back', () => {
  it('is what it was, nothing lost, for a server of the dialect', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 9 }), (request, limit) => {
        const asked = { ...request, max_tokens: limit };
        expect(roundTrip(asked, KINDS.compatible)).toEqual({ sent: asked, lost: [] });
      }),
    );
  });

  it('is what it was for OpenAI, but for the reasoning of earlier turns, which is told', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 9 }), (request, limit) => {
        const asked = { ...request, max_completion_tokens: limit };
        const { sent, lost } = roundTrip(asked, KINDS.openai);
        const said = asked['messages' as never] as readonly JsonObject[];
        const reasoned = said.some((message) => 'reasoning_content' in message);
        const messages = said.map(({ reasoning_content: _, ...message }) => message);
        expect({ sent, lost }).toEqual({ sent: { ...asked, messages }, lost: reasoned ? ['reasoning_content'] : [] });
      }),
    );
  });
});
