import type { ChatEvent } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { foldEvents } from './fold-events.js';

const START: ChatEvent = { type: 'start', id: 'a', model: 'm' };
const FINISH: ChatEvent = { type: 'finish', finish: { unified: 'stop' } };
const text = (index: number, said: string): ChatEvent => ({ type: 'text-delta', index, text: said });
const end = (index: number): ChatEvent => ({ type: 'part-end', index });
const tool = (index: number): ChatEvent => ({ type: 'tool-start', index, id: `id-${index}`, name: 'f' });
const args = (index: number, json: string): ChatEvent => ({ type: 'tool-delta', index, json });
const fold = (...events: readonly ChatEvent[]) => foldEvents([START, ...events, FINISH]);

describe('foldEvents', () => {
  it('adds deltas up to parts, in the order in which they opened', () => {
    const opaque = { kind: 'x', data: 1 };
    const folded = fold(
      { type: 'reasoning-delta', index: 0, text: 'hm' },
      { type: 'part-end', index: 0, opaque },
      text(1, 'a'),
      text(1, 'b'),
      end(1),
    );
    expect(folded.content).toEqual([
      { type: 'reasoning', text: 'hm', opaque },
      { type: 'text', text: 'ab' },
    ]);
  });

  it('keeps tool calls apart that interleave', () => {
    const { content } = fold(tool(0), tool(1), args(0, '{'), args(1, '[]'), args(0, '}'), end(0), end(1));
    expect(content).toMatchObject([{ json: '{}' }, { json: '[]' }]);
  });

  it('takes the last usage for the whole', () => {
    const usage = (outputTokens: number): ChatEvent => ({ type: 'usage', usage: { inputTokens: 1, outputTokens } });
    expect(fold(usage(1), usage(9)).usage).toEqual({ inputTokens: 1, outputTokens: 9 });
  });

  it('adds a refusal up', () => {
    expect(fold({ type: 'refusal-delta', index: 0, text: 'no' }, end(0)).content).toEqual([
      { type: 'refusal', text: 'no' },
    ]);
  });

  it('puts citations with the text they belong to', () => {
    const citation = { url: 'https://a.example', range: [0, 1] } as const;
    expect(fold(text(0, 'a'), { type: 'citation', index: 0, citation }, end(0)).content).toEqual([
      { type: 'text', text: 'a', citations: [citation] },
    ]);
  });

  it('takes a whole part as it came', () => {
    const part = { type: 'vendor', state: { kind: 'k', data: 1 } } as const;
    expect(fold(text(0, 'a'), end(0), { type: 'part', index: 1, part }).content.at(-1)).toEqual(part);
  });

  it('collects log probabilities and the tier', () => {
    const logprob = { token: 'a', logprob: -1, top: [] };
    const folded = foldEvents([
      START,
      { type: 'text-delta', index: 0, text: 'a', logprobs: [logprob] },
      { type: 'text-delta', index: 0, text: 'a', logprobs: [logprob] },
      end(0),
      { type: 'finish', finish: { unified: 'stop' }, serviceTier: 'flex' },
    ]);
    expect(folded).toMatchObject({ logprobs: [logprob, logprob], serviceTier: 'flex' });
  });

  it('keeps the state of text and of tool calls', () => {
    const opaque = { kind: 'k', data: 1 };
    const { content } = fold(text(0, 'a'), { type: 'part-end', index: 0, opaque }, tool(1), {
      type: 'part-end',
      index: 1,
      opaque,
    });
    expect(content).toMatchObject([{ opaque }, { opaque }]);
  });

  it.for<readonly [string, readonly ChatEvent[]]>([
    ['no start', [text(0, 'a'), end(0), FINISH]],
    ['no finish', [START, text(0, 'a'), end(0)]],
    ['two starts', [START, START, FINISH]],
    ['two finishes', [START, FINISH, FINISH]],
    ['an open part', [START, text(0, 'a'), FINISH]],
    ['a delta after its end', [START, text(0, 'a'), end(0), text(0, 'b'), FINISH]],
    ['two open texts', [START, text(0, 'a'), text(1, 'b'), end(0), end(1), FINISH]],
    ['a tool beside an open text', [START, text(0, 'a'), tool(1), end(0), end(1), FINISH]],
    ['arguments of no call', [START, args(0, '{}'), end(0), FINISH]],
    ['a call that starts twice', [START, tool(0), tool(0), end(0), FINISH]],
    ['a citation of no text', [START, { type: 'citation', index: 0, citation: {} }, end(0), FINISH]],
    ['a part of two kinds', [START, text(0, 'a'), { type: 'refusal-delta', index: 0, text: 'b' }, end(0), FINISH]],
  ])('refuses %s', ([, events]) => {
    expect(() => foldEvents(events)).toThrow();
  });
});
