import { isGatewayError } from '@sluice/contract';
import type { ChatEvent } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventOrder } from './event-order.js';

const START: ChatEvent = { type: 'start', id: 'a', model: 'm' };
const FINISH: ChatEvent = { type: 'finish', finish: { unified: 'stop' } };
const USAGE: ChatEvent = { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } };
const text = (index: number): ChatEvent => ({ type: 'text-delta', index, text: 'x' });
const reasoning = (index: number): ChatEvent => ({ type: 'reasoning-delta', index, text: 'x' });
const tool = (index: number): ChatEvent => ({ type: 'tool-start', index, id: `c${index}`, name: 'f' });
const json = (index: number): ChatEvent => ({ type: 'tool-delta', index, json: '{' });
const end = (index: number): ChatEvent => ({ type: 'part-end', index });
const citation = (index: number): ChatEvent => ({ type: 'citation', index, citation: { url: 'https://a.example' } });
const whole = (index: number): ChatEvent => ({
  type: 'part',
  index,
  part: { type: 'vendor', state: { kind: 'k', data: 1 } },
});

function accepts(events: readonly ChatEvent[]): boolean {
  const order = new EventOrder();
  try {
    for (const event of events) order.check(event);
    return true;
  } catch (cause) {
    if (isGatewayError(cause, 'upstream_invalid_response')) return false;
    throw cause;
  }
}

/** Parts as they may follow one another: a text, or tool calls in any mixture. */
const words = fc.record({ kind: fc.constantFrom(text, reasoning), deltas: fc.integer({ min: 1, max: 3 }) });
const wholes = fc.constant({ whole: true } as const);
const calls = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 });
const legal = fc
  .array(fc.oneof(words, calls, wholes), { maxLength: 4 })
  .map((parts) => [START, ...writeParts(parts), FINISH] as const);

type Part =
  | readonly number[]
  | { readonly whole: true }
  | { readonly kind: (index: number) => ChatEvent; readonly deltas: number };

function writeParts(parts: readonly Part[]): readonly ChatEvent[] {
  let next = 0;
  return parts.flatMap((part) => {
    if ('whole' in part) return [whole(next++)];
    if ('kind' in part) {
      const index = next++;
      const cited = part.kind === text ? [citation(index)] : [];
      return [...Array.from({ length: part.deltas }, () => part.kind(index)), USAGE, ...cited, end(index)];
    }
    const events = mixCalls(part, next);
    next += 3;
    return events;
  });
}

/** Each number is a step of that call: its start when it is new, more of its arguments afterwards. */
function mixCalls(steps: readonly number[], base: number): readonly ChatEvent[] {
  const begun = new Set<number>();
  const events = steps.map((step) => {
    const event = begun.has(step) ? json(base + step) : tool(base + step);
    begun.add(step);
    return event;
  });
  return [...events, ...[...begun].map((step) => end(base + step))];
}

const withoutFirst = (events: readonly ChatEvent[], type: ChatEvent['type']): readonly ChatEvent[] => {
  const at = events.findIndex((event) => event.type === type);
  return events.filter((_, index) => index !== at);
};

/** Whether a change keeps every legal stream that it can be made to from passing. */
function refusesAll<T>(streams: fc.Arbitrary<T>, change: (events: T) => readonly ChatEvent[]): boolean {
  return !fc.check(fc.property(streams, (events) => !accepts(change(events)))).failed;
}
const having = (type: ChatEvent['type']) => legal.filter((events) => events.some((event) => event.type === type));

describe('the order of events', () => {
  it('lets every legal stream pass', () => {
    expect(fc.check(fc.property(legal, accepts)).failed).toBe(false);
  });

  it('lets a part pass that is its end alone', () => {
    expect(accepts([START, { type: 'part-end', index: 0, opaque: { kind: 'k', data: 1 } }, FINISH])).toBe(true);
  });

  it('wants a start', () => {
    expect(refusesAll(legal, ([, ...rest]) => rest)).toBe(true);
  });

  it('wants the start first', () => {
    expect(refusesAll(legal, ([start, ...rest]) => [...rest.slice(0, 1), start, ...rest.slice(1)])).toBe(true);
  });

  it('wants one start', () => {
    const streams = fc.tuple(legal, fc.nat());
    const again = ([events, at]: readonly [readonly ChatEvent[], number]): readonly ChatEvent[] =>
      events.toSpliced(1 + (at % events.length), 0, START);
    expect(refusesAll(streams, again)).toBe(true);
  });

  it('wants nothing after the finish', () => {
    const streams = fc.tuple(legal, fc.constantFrom(START, FINISH, USAGE, text(99), tool(99), end(99)));
    expect(refusesAll(streams, ([events, extra]) => [...events, extra])).toBe(true);
  });

  it('wants every part to end', () => {
    expect(refusesAll(having('part-end'), (events) => withoutFirst(events, 'part-end'))).toBe(true);
  });

  it('wants nothing of a part after its end', () => {
    const streams = fc.tuple(having('part-end'), fc.constantFrom(end, text, json, tool, citation, whole));
    const late = ([events, make]: readonly [readonly ChatEvent[], (index: number) => ChatEvent]) => {
      const at = events.findIndex(({ type }) => type === 'part-end');
      const ended = events[at] as Extract<ChatEvent, { readonly type: 'part-end' }>;
      return events.toSpliced(at + 1, 0, make(ended.index));
    };
    expect(refusesAll(streams, late)).toBe(true);
  });

  it('wants a tool call to begin before its arguments', () => {
    const headless = (events: readonly ChatEvent[]): readonly ChatEvent[] => {
      const grown = events.find((event) => event.type === 'tool-delta');
      return events.filter((event) => !(event.type === 'tool-start' && event.index === grown?.index));
    };
    expect(refusesAll(having('tool-delta'), headless)).toBe(true);
  });

  it.for<readonly [string, readonly ChatEvent[]]>([
    ['a tool call that begins twice', [tool(0), tool(0)]],
    ['arguments of a call that nobody began', [json(0)]],
    ['a part that changes from text to reasoning', [text(0), reasoning(0)]],
    ['arguments inside a text', [text(0), json(0)]],
    ['text inside a tool call', [tool(0), text(0)]],
    ['a second text while one is open', [text(0), text(1)]],
    ['a tool call while a text is open', [text(0), tool(1)]],
    ['a text while a tool call is open', [tool(0), text(1)]],
    ['a citation before its text', [citation(0)]],
    ['a citation inside a tool call', [tool(0), citation(0)]],
    ['a citation inside reasoning', [reasoning(0), citation(0)]],
    ['a whole part while a text is open', [text(0), whole(1)]],
    ['a whole part while a tool call is open', [tool(0), whole(1)]],
    ['a whole part that takes the place of an open one', [text(0), whole(0)]],
    ['a whole part that ends', [whole(0), end(0)]],
    ['a text in the place of a whole part', [whole(0), text(0)]],
    ['two whole parts in one place', [whole(0), whole(0)]],
  ])('refuses %s', ([, events]) => {
    expect(accepts([START, ...events])).toBe(false);
  });

  it('says what was wrong in the cause, which callers never see', () => {
    expect(() => new EventOrder().check(FINISH)).toThrow(
      expect.objectContaining({
        message: "The provider's stream is out of order.",
        cause: expect.objectContaining({ message: '"finish" came before the start' }),
      }),
    );
  });
});
