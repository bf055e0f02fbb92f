import fc from 'fast-check';

/* Answers of `POST /v1/messages` with every field that npm @anthropic-ai/sdk 1.14.0 types, as version 2026-10-21 sends them. */

const words = fc.string({ minLength: 1, unit: 'grapheme' });
const base64 = fc.base64String({ minLength: 4 });
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(words, fc.integer()));
const caller = fc.constantFrom<object>({ type: 'direct' }, { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' });
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const as = <Word extends string>(word: Word): fc.Arbitrary<Word> => fc.constant(word);

const citation = fc.oneof(
  fc.record({ type: as('char_location'), cited_text: words, document_index: fc.nat(), file_id: fc.constant(null) }),
  fc.record({ type: as('web_search_result_location'), cited_text: words, encrypted_index: base64, url: fc.webUrl() }),
);
const block = fc.oneof(
  fc.record({ type: as('text'), text: words, citations: orNull(fc.array(citation, { minLength: 1, maxLength: 2 })) }),
  fc.record({ type: as('thinking'), thinking: fc.string(), signature: base64 }),
  fc.record({ type: as('redacted_thinking'), data: base64 }),
  fc.record({ type: as('tool_use'), id: as('toolu_1'), name: as('look'), input: object, caller }),
  fc.record({ type: as('server_tool_use'), id: as('srvtoolu_1'), name: as('web_search'), input: object, caller }),
  fc.record({ type: as('web_search_tool_result'), tool_use_id: as('srvtoolu_1'), content: fc.array(object), caller }),
  fc.record({ type: as('container_upload'), file_id: as('file_1') }),
  fc.record({ type: as('block_of_tomorrow'), what: object }),
);

const usage = fc
  .record({
    input_tokens: fc.nat(1_000),
    cache_read_input_tokens: fc.nat(1_000),
    cache_creation: fc.record({ ephemeral_5m_input_tokens: fc.nat(1_000), ephemeral_1h_input_tokens: fc.nat(1_000) }),
    output_tokens: fc.nat(1_000),
    output_tokens_details: orNull(fc.record({ thinking_tokens: fc.nat(1_000) })),
    inference_geo: orNull(as('eu')),
    server_tool_use: orNull(fc.record({ web_search_requests: fc.nat(9), web_fetch_requests: fc.nat(9) })),
    service_tier: orNull(fc.constantFrom('standard', 'priority', 'batch')),
    speed: orNull(fc.constantFrom('standard', 'fast')),
  })
  .map((fields) => {
    const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = fields.cache_creation;
    return { ...fields, cache_creation_input_tokens: short + long };
  });

const stop = fc.oneof(
  fc.record({
    stop_reason: fc.constantFrom(
      'end_turn',
      'max_tokens',
      'tool_use',
      'pause_turn',
      'model_context_window_exceeded',
      'reason_of_tomorrow',
    ),
    stop_sequence: fc.constant(null),
    stop_details: fc.constant(null),
  }),
  fc.record({ stop_reason: as('stop_sequence'), stop_sequence: words, stop_details: fc.constant(null) }),
  fc.record({
    stop_reason: as('refusal'),
    stop_sequence: fc.constant(null),
    stop_details: orNull(fc.constant({ type: 'refusal', category: 'cyber', explanation: null })),
  }),
);

/** A whole answer. */
export const answer = fc
  .tuple(
    fc.record({
      id: as('msg_1'),
      type: as('message'),
      role: as('assistant'),
      model: as('claude-opus-5-5'),
      container: orNull(fc.record({ id: words, expires_at: words, skills: fc.constant(null) })),
      diagnostics: orNull(fc.constant({ cache_miss_reason: null })),
      content: fc.array(block, { maxLength: 5 }),
      usage,
    }),
    stop,
    fc.option(fc.constant({ context_management: { applied_edits: [] } }), { nil: {} }),
  )
  .map(([message, end, more]) => ({ ...message, ...end, ...more }));
