import type { AssistantPart, ChatEvent, VendorState, WholePart } from '@sluice/contract';
import { expect, it } from 'vitest';
import { anthropicMessages } from './dialect.js';

const CONTEXT = { requestId: 'r', answerId: 'a', createdSeconds: 0, wantsUsage: true };
const state: VendorState = { kind: 'gemini-generate', data: { thoughtSignature: 'c2ln' } };
const content: readonly AssistantPart[] = [
  { type: 'reasoning', text: 'Hm.', opaque: state },
  { type: 'text', text: 'Look:', opaque: state },
  { type: 'tool-call', id: 'call.1', name: 'look', json: '{}', opaque: state },
  { type: 'tool-call', id: 'call_2', name: 'look', json: '{}' },
];
const expected = content.map((part) => (part.type === 'tool-call' ? { ...part, id: part.id.replace('.', '_') } : part));

/** What a client that got these blocks sends back. */
function historyOf(blocks: unknown): unknown {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: blocks },
  ];
  return anthropicMessages.parse({ model: 'm', max_tokens: 9, messages }).toRequest().messages.at(-1)?.content;
}

it('gives the state of another vendor back to the part that it came with', () => {
  const answer = anthropicMessages.writeResult({ id: 'i', model: 'm', content, finish: { unified: 'stop' } }, CONTEXT);
  expect(historyOf((JSON.parse(answer) as { readonly content: unknown }).content)).toEqual(expected);
});

const picture: WholePart = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', base64: 'iVBORw0=' },
  opaque: state,
};
const ran: WholePart = {
  type: 'vendor',
  state: { kind: 'gemini-generate', data: { executableCode: { code: '1' } } },
};
const whole = [{ type: 'text', text: 'See' } as const, ran, picture, ran];

it("carries another vendor's own parts, and the state of a picture", () => {
  const result = { id: 'i', model: 'm', content: whole, finish: { unified: 'stop' } } as const;
  const answer = JSON.parse(anthropicMessages.writeResult(result, CONTEXT)) as { readonly content: unknown };
  expect(historyOf(answer.content)).toEqual(whole);
});

it('streams them as a plain answer has them', () => {
  const writer = anthropicMessages.stream?.open(CONTEXT);
  const events = [ran, picture, ran].map((part, index): ChatEvent => ({ type: 'part', index, part }));
  expect(historyOf(blocksOf(events.map((event) => writer?.write(event) ?? '').join('')))).toEqual([ran, picture, ran]);
});

it('says that there was sound where nobody wrote down the words', () => {
  const content: readonly AssistantPart[] = [{ type: 'audio', format: 'wav', base64: 'UklG' }];
  const answer = anthropicMessages.writeResult({ id: 'i', model: 'm', content, finish: { unified: 'stop' } }, CONTEXT);
  expect(JSON.parse(answer)).toMatchObject({ content: [{ type: 'text', text: '[sound: wav]' }] });
});

/** The blocks that a stream opened. */
function blocksOf(stream: string): readonly unknown[] {
  return stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('event: content_block_start'))
    .map((frame) => (JSON.parse(frame.slice(frame.indexOf('{'))) as { readonly content_block: unknown }).content_block);
}

it.each(['at its start', 'at its end'])(
  'streams the state of a call that comes %s, also of one that had to wait',
  (when) => {
    const early = when === 'at its start' ? { opaque: state } : {};
    const late = when === 'at its start' ? {} : { opaque: state };
    const writer = anthropicMessages.stream?.open(CONTEXT);
    const events: readonly ChatEvent[] = [
      { type: 'start', id: 'i', model: 'm' },
      { type: 'tool-start', index: 0, id: 'a', name: 'look', ...early },
      { type: 'tool-start', index: 1, id: 'b', name: 'look', ...early },
      { type: 'part-end', index: 1, ...late },
      { type: 'part-end', index: 0, ...late },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ];
    const blocks = blocksOf(events.map((event) => writer?.write(event) ?? '').join(''));
    expect(historyOf(blocks)).toEqual(
      ['a', 'b'].map((id) => ({ type: 'tool-call', id, name: 'look', json: '{}', opaque: state })),
    );
  },
);

it('leaves a signature alone that only looks like one of ours', () => {
  const blocks = [{ type: 'thinking', thinking: 'Hm.', signature: 'sluice1.bm90IGpzb24' }];
  expect(historyOf(blocks)).toEqual([
    {
      type: 'reasoning',
      text: 'Hm.',
      opaque: { kind: 'anthropic-messages', data: { signature: 'sluice1.bm90IGpzb24' } },
    },
  ]);
});

it('ends reasoning that nobody signed with an empty signature, lest clients leave it out of the next turn', () => {
  const writer = anthropicMessages.stream?.open(CONTEXT);
  const events: readonly ChatEvent[] = [
    { type: 'start', id: 'i', model: 'm' },
    { type: 'reasoning-delta', index: 0, text: 'Hm.' },
    { type: 'part-end', index: 0 },
  ];
  const text = events.map((event) => writer?.write(event) ?? '').join('');
  expect(text).toContain('"delta":{"type":"signature_delta","signature":""}');
  expect(historyOf([{ type: 'thinking', thinking: 'Hm.', signature: '' }])).toEqual([
    { type: 'reasoning', text: 'Hm.' },
  ]);
});
