import type { ChatEvent, StreamWriter } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventOrder } from '../event-order.js';
import { AnswerSoFar } from './answer-so-far.js';
import { SplicedWriter } from './spliced-writer.js';

/** Remembers what the caller would get, and refuses what is no answer. */
function callerOf() {
  const order = new EventOrder();
  const events: ChatEvent[] = [];
  const writer: StreamWriter<ChatEvent> = {
    write(event) {
      order.check(event);
      events.push(event);
      return event.type === 'text-delta' ? event.text : '';
    },
  };
  return { events, writer };
}

const textOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

/** Letters, white space, what JSON escapes, characters of two code units and halves of them. */
const character = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    ' ',
    '\n',
    '\t',
    '"',
    '\\',
    '\u0000',
    '\u2028',
    '\u00a0',
    'é',
    '漢',
    '😀',
    '👩‍👩‍👧',
    '\ud83d',
    '\udc00',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 40 }).map((list) => list.join(''));
/** Where a provider cuts a text into deltas: anywhere, inside a character as well. */
const cuts = fc.array(fc.nat(80), { maxLength: 12 });

function pieces(whole: string, at: readonly number[]): readonly string[] {
  const points = [0, ...at.filter((point) => point < whole.length).sort((a, b) => a - b), whole.length];
  return points.slice(1).map((end, i) => whole.slice(points[i], end));
}

const deltas = (whole: string, at: readonly number[]): readonly ChatEvent[] =>
  pieces(whole, at).map((piece) => ({ type: 'text-delta', index: 0, text: piece }));
const START: ChatEvent = { type: 'start', id: 'one', model: 'm' };
const END: readonly ChatEvent[] = [
  { type: 'part-end', index: 0 },
  { type: 'finish', finish: { unified: 'stop' } },
];

describe('an answer that was cut anywhere', () => {
  const situation = fc.record({ whole: text, first: cuts, cutAfter: fc.nat(12), second: cuts, repeats: fc.boolean() });

  it('goes on without a character lost, repeated or changed', () => {
    const property = fc.property(situation, ({ whole, first, cutAfter, second, repeats }) => {
      const { events, writer } = callerOf();
      const soFar = new AnswerSoFar(writer);
      for (const event of [START, ...deltas(whole, first).slice(0, cutAfter)]) soFar.write(event);
      const had = soFar.text;
      expect([textOf(events), whole.startsWith(had)]).toEqual([had, true]);
      soFar.dropWaiting();
      const splice = new SplicedWriter({ soFar, used: undefined, repeated: repeats ? had : '', mark: '' });
      const rest = repeats ? whole : whole.slice(had.length);
      for (const event of [{ ...START, id: 'two' }, ...deltas(rest, second), ...END]) splice.write(event);
      expect([textOf(events), events.filter(({ type }) => type === 'start').length, events.at(-1)?.type]).toEqual([
        whole,
        1,
        'finish',
      ]);
    });
    expect(fc.check(property, { numRuns: 3_000 }).errorInstance).toBeNull();
  });

  it('has only a text so far that every vendor takes as a beginning', () => {
    const property = fc.property(situation, ({ whole, first, cutAfter }) => {
      const soFar = new AnswerSoFar(callerOf().writer);
      for (const event of [START, ...deltas(whole, first).slice(0, cutAfter)]) soFar.write(event);
      expect([/\s$/.test(soFar.text), /[\ud800-\udbff]$/.test(soFar.text)]).toEqual([false, false]);
    });
    expect(fc.check(property, { numRuns: 3_000 }).errorInstance).toBeNull();
  });
});

describe('an answer that was not cut', () => {
  it('is handed out whole, its white space and half characters too', () => {
    const property = fc.property(text, cuts, (whole, at) => {
      const { events, writer } = callerOf();
      const soFar = new AnswerSoFar(writer);
      for (const event of [START, ...deltas(whole, at), ...END]) soFar.write(event);
      expect(textOf(events)).toBe(whole);
    });
    expect(fc.check(property, { numRuns: 2_000 }).errorInstance).toBeNull();
  });
});
