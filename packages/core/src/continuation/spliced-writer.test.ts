import type { ChatEvent } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { AnswerSoFar } from './answer-so-far.js';
import { SplicedWriter } from './spliced-writer.js';
import type { Splice } from './spliced-writer.js';

const START: ChatEvent = { type: 'start', id: 'a', model: 'm' };
const FINISH: ChatEvent = { type: 'finish', finish: { unified: 'stop' } };
const say = (text: string, index = 0): ChatEvent => ({ type: 'text-delta', index, text });
const end = (index: number): ChatEvent => ({ type: 'part-end', index });

/** What the caller sees of these events behind the cut. */
function spliced(before: readonly ChatEvent[], after: readonly ChatEvent[], change: Partial<Splice> = {}) {
  const seen: ChatEvent[] = [];
  const soFar = new AnswerSoFar({ write: (event) => '.'.repeat(seen.push(event) > 0 ? 1 : 0) });
  for (const event of [START, ...before]) soFar.write(event);
  const had = seen.length;
  soFar.dropWaiting();
  const writer = new SplicedWriter({ soFar, used: undefined, repeated: '', mark: '', ...change });
  const text = [START, ...after].map((event) => writer.write(event)).join('');
  return { seen: seen.slice(had), text, soFar };
}

describe('an answer that goes on', () => {
  it('joins its text to the open one, and numbers its other parts on', () => {
    const tool: readonly ChatEvent[] = [
      { type: 'tool-start', index: 1, id: 't', name: 'f' },
      { type: 'tool-delta', index: 1, json: '{}' },
      end(1),
    ];
    const reasoned: readonly ChatEvent[] = [{ type: 'reasoning-delta', index: 0, text: 'hm' }, end(0)];
    const { seen } = spliced([...reasoned, say('one', 1)], [say(' two'), end(0), ...tool, FINISH]);
    expect(seen).toEqual([
      say(' two', 1),
      end(1),
      { type: 'tool-start', index: 2, id: 't', name: 'f' },
      { type: 'tool-delta', index: 2, json: '{}' },
      end(2),
      FINISH,
    ]);
  });

  it('that reasons first ends the open text, and says the rest in a part of its own', () => {
    const { seen } = spliced(
      [say('one')],
      [{ type: 'reasoning-delta', index: 0, text: 'hm' }, end(0), say(' two', 1), end(1), FINISH],
    );
    expect(seen).toEqual([
      end(0),
      { type: 'reasoning-delta', index: 1, text: 'hm' },
      end(1),
      say(' two', 2),
      end(2),
      FINISH,
    ]);
  });

  it('that has nothing more to say ends the open text', () => {
    expect(spliced([say('one')], [FINISH]).seen).toEqual([end(0), FINISH]);
  });

  it('tells the sum of what was used', () => {
    const used = { inputTokens: 3, outputTokens: 2, cachedInputTokens: 1 };
    const usage: ChatEvent = { type: 'usage', usage: { inputTokens: 5, outputTokens: 4, reasoningTokens: 1 } };
    expect(spliced([say('one')], [usage, say('x')], { used }).seen[0]).toEqual({
      type: 'usage',
      usage: { inputTokens: 8, outputTokens: 6, cachedInputTokens: 1, reasoningTokens: 1 },
    });
  });

  it('leaves no trace before its first content, and its mark there, once', () => {
    const usage: ChatEvent = { type: 'usage', usage: { inputTokens: 5, outputTokens: 4 } };
    expect(spliced([say('one')], [usage], { mark: '!' })).toMatchObject({ seen: [], text: '' });
    expect(spliced([say('one')], [usage, say('two'), say('three')], { mark: '!' }).text).toBe('!...');
  });

  it('moves the places of its citations to where its text stands', () => {
    const cite = (range: readonly [number, number]): ChatEvent => ({
      type: 'citation',
      index: 0,
      citation: { range },
    });
    expect(spliced([say('four')], [say(' more'), cite([1, 5])]).seen[1]).toEqual(cite([5, 9]));
  });

  it('is refused where it should say the beginning again and says something else', () => {
    const repeated = { repeated: 'one two' };
    expect(() => spliced([say('one two')], [say('one three')], repeated)).toThrow('did not go on');
    expect(() => spliced([say('one two')], [say('one'), end(0), FINISH], repeated)).toThrow('did not go on');
    expect(spliced([say('one two')], [say('one tw'), say('o three')], repeated).seen).toEqual([say(' three')]);
  });
});

describe('what an answer brought', () => {
  const canGoOn = (...events: readonly ChatEvent[]): boolean => spliced(events, []).soFar.canGoOn;

  it.for<readonly [string, readonly ChatEvent[], boolean]>([
    ['text', [say('one')], true],
    [
      'text and reasoning that has ended',
      [{ type: 'reasoning-delta', index: 0, text: 'x' }, end(0), say('y', 1)],
      true,
    ],
    ['reasoning whose signature is to come', [{ type: 'reasoning-delta', index: 0, text: 'x' }], false],
    ['a tool call', [say('x'), end(0), { type: 'tool-start', index: 1, id: 't', name: 'f' }], false],
    ['a tool call that has ended', [{ type: 'tool-start', index: 0, id: 't', name: 'f' }, end(0)], false],
    ['a refusal', [{ type: 'refusal-delta', index: 0, text: 'no' }], false],
    ['all of it', [say('x'), end(0), FINISH], false],
    ['more than is sent twice', [say('x'.repeat(1_048_577))], false],
  ])('%s: %s', ([, events, expected]) => expect(canGoOn(...events)).toBe(expected));
});
