import type { Frame } from '@sluice/contract';
import { foldEvents } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { decodeChat } from './decode.js';
import { createStreamDecoder } from './stream-decoder.js';

const HEAD = { status: 200, headers: { 'x-amzn-requestid': 'r-1' } };
const USAGE = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };

const plain = (content: readonly object[], more: object = {}) =>
  decodeChat(
    Buffer.from(
      JSON.stringify({
        output: { message: { role: 'assistant', content } },
        stopReason: 'end_turn',
        usage: USAGE,
        ...more,
      }),
    ),
    HEAD,
  );
const frame = (event: string, data: object): Frame => ({ event, data: JSON.stringify(data) });
const delta = (contentBlockIndex: number, piece: object): Frame =>
  frame('contentBlockDelta', { contentBlockIndex, delta: piece });
const STOP = frame('messageStop', { stopReason: 'end_turn' });
const METADATA = frame('metadata', { usage: USAGE, serviceTier: { type: 'flex' } });
const eventsOf = (...frames: readonly Frame[]) => {
  const decoder = createStreamDecoder(HEAD);
  return [...frames.flatMap((one) => decoder.push(one)), ...decoder.end()];
};

describe('a plain answer', () => {
  it('is known by the id of the exchange, the routed model and the tier', () => {
    const more = { trace: { promptRouter: { invokedModelId: 'arn:x' } }, serviceTier: { type: 'priority' } };
    expect(plain([{ text: 'a' }], more)).toMatchObject({ id: 'r-1', model: 'arn:x', serviceTier: 'priority' });
  });

  it.for([
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content-filter'],
    ['content_filtered', 'content-filter'],
    ['tomorrow', 'other'],
  ] as const)('that ended by %s ended by %s', ([stopReason, unified]) => {
    expect(plain([{ text: 'a' }], { stopReason }).finish).toEqual({ unified, raw: stopReason });
  });

  it.for(['malformed_model_output', 'malformed_tool_use'])('that ended by %s is none', (stopReason) => {
    expect(() => plain([], { stopReason })).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }) as Error,
    );
  });

  it('without a reason or usage is still one', () => {
    expect(plain([], { stopReason: null, usage: { inputTokens: 'x' } })).toEqual({
      id: 'r-1',
      model: '',
      content: [],
      finish: { unified: 'other' },
    });
  });

  it('counts what it can', () => {
    expect(plain([], { usage: { outputTokens: 3, cacheDetails: 'x' } }).usage).toEqual({
      inputTokens: 0,
      outputTokens: 3,
    });
  });

  it('passes over what a chat has no place for', () => {
    const content = [
      { text: '' },
      { guardContent: {} },
      { video: {} },
      { toolUse: { name: 'sluice_no_tool', toolUseId: 'x', input: {} } },
      { citationsContent: { content: [], citations: [{}] } },
      { reasoningContent: { reasoningText: { text: '' } } },
      { image: { format: 'png', source: {} } },
      7,
    ];
    expect(plain(content as object[], { stopReason: 'tool_use' })).toMatchObject({
      content: [],
      finish: { unified: 'stop' },
    });
  });

  it('carries pictures, and reasoning that nobody signed', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.' } } },
      { reasoningContent: { redactedContent: '/w==' } },
      { image: { format: 'png', source: { bytes: 'YQ==' } } },
    ];
    expect(plain(content).content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', opaque: { kind: 'bedrock-converse', data: { redactedContent: '/w==' } } },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: 'YQ==' } },
    ]);
  });
});

describe('a streamed answer', () => {
  it('ends with its metadata, and says the tier', () => {
    expect(eventsOf(frame('messageStart', {}), delta(0, { text: 'a' }), STOP, METADATA).slice(-2)).toEqual([
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } },
      { type: 'finish', finish: { unified: 'stop', raw: 'end_turn' }, serviceTier: 'flex' },
    ]);
  });

  it('waits for the reason where the metadata came first', () => {
    const decoder = createStreamDecoder(HEAD);
    const before = [frame('messageStart', {}), METADATA].flatMap((one) => decoder.push(one)).map(({ type }) => type);
    expect([before, decoder.push(STOP).map(({ type }) => type)]).toEqual([['start', 'usage'], ['finish']]);
  });

  it('ends without its metadata where only they are missing', () => {
    expect(eventsOf(frame('messageStart', {}), STOP).at(-1)).toEqual({
      type: 'finish',
      finish: { unified: 'stop', raw: 'end_turn' },
    });
  });

  it('is cut without its reason, metadata or not', () => {
    const cut = (): unknown => eventsOf(frame('messageStart', {}), delta(0, { text: 'a' }), METADATA);
    expect(cut).toThrow(expect.objectContaining({ code: 'upstream_truncated' }) as Error);
  });

  it('starts once, also where nothing announces it', () => {
    expect(
      eventsOf(delta(0, { text: 'a' }), frame('messageStart', {}), STOP, METADATA).map(({ type }) => type),
    ).toEqual(['start', 'text-delta', 'part-end', 'usage', 'finish']);
  });

  it('has parts by what they hold, however the wire numbers them', () => {
    const frames = [
      delta(0, { reasoningContent: { text: 'Hm.' } }),
      delta(0, { text: 'a' }),
      delta(1, { text: 'b' }),
      delta(1, { toolUse: { input: '{' } }),
      frame('contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { name: 'f', toolUseId: 'x' } } }),
      delta(2, { toolUse: { input: '{}' } }),
    ];
    expect(foldEvents(eventsOf(...frames, STOP, METADATA)).content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'tool-call', id: 'x', name: 'f', json: '{}' },
    ]);
  });

  it('joins what is redacted in pieces', () => {
    const frames = [
      delta(0, { reasoningContent: { redactedContent: 'RXE=' } }),
      delta(0, { reasoningContent: { redactedContent: 'dw==' } }),
    ];
    expect(foldEvents(eventsOf(...frames, STOP, METADATA)).content).toEqual([
      { type: 'reasoning', text: '', opaque: { kind: 'anthropic-messages', data: { redacted: 'Eqw' } } },
    ]);
  });

  it('joins a picture', () => {
    const frames = [
      frame('contentBlockStart', { contentBlockIndex: 0, start: { image: { format: 'png' } } }),
      delta(0, { image: { source: { bytes: 'YQ==' } } }),
      delta(0, { image: { source: { bytes: 'Yg==' } } }),
      frame('contentBlockStop', { contentBlockIndex: 0 }),
    ];
    expect(foldEvents(eventsOf(...frames, STOP, METADATA)).content).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: 'YWI=' } },
    ]);
  });

  it('leaves out what a chat has no place for', () => {
    const frames = [
      frame('contentBlockStart', { contentBlockIndex: 0, start: { hologram: {} } }),
      delta(0, { hologram: {} }),
      frame('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { name: 'sluice_no_tool' } } }),
      delta(1, { toolUse: { input: '{}' } }),
      frame('contentBlockStart', { contentBlockIndex: 2, start: { image: { format: 'png' } } }),
      delta(3, { text: '' }),
      delta(4, { citation: { title: 'nothing to cite for' } }),
      delta(5, { reasoningContent: 7 }),
      frame('tomorrow', {}),
    ];
    expect(foldEvents(eventsOf(...frames, frame('messageStop', { stopReason: 'tool_use' }), METADATA))).toMatchObject({
      content: [],
      finish: { unified: 'stop', raw: 'tool_use' },
    });
  });

  it('is over after its finish', () => {
    const decoder = createStreamDecoder(HEAD);
    for (const one of [STOP, METADATA]) decoder.push(one);
    expect([decoder.push(delta(0, { text: 'late' })), decoder.end()]).toEqual([[], []]);
  });
});
