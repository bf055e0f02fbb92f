import type { ChatEvent, ChatResult } from '@sluice/contract';
import fc from 'fast-check';
import type { Random } from '../random-request.js';
import { seededRandom, splitRandomly } from '../split-chunks.js';
import { unfoldResult } from '../unfold-result.js';

/**
 * The events of a stream that says what the answer says, in any of the ways that the contract allows: deltas of any
 * length, also of none and inside of a code point, tool calls told one after the other or in turns, usage more than once.
 */
export function stream(result: ChatResult, options: StreamOptions = {}): fc.Arbitrary<readonly ChatEvent[]> {
  return fc.integer({ min: 0 }).map((seed) => tell(result, seededRandom(seed), options));
}

export interface StreamOptions {
  /** False for a vendor that tells its tool calls one after the other. */
  readonly interleaves?: boolean;
}

/** The bytes in pieces, wherever they are cut. */
export function pieces(bytes: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> {
  return fc.integer({ min: 0 }).map((seed) => splitRandomly(bytes, seededRandom(seed)));
}

function tell(result: ChatResult, random: Random, { interleaves = true }: StreamOptions): readonly ChatEvent[] {
  const whole = unfoldResult(result);
  const start = whole.slice(0, 1);
  const end = whole.slice(whole.findIndex(({ type }) => type === 'usage' || type === 'finish'));
  const parts = result.content.map((_, index) =>
    whole.filter((event) => 'index' in event && event.index === index).flatMap((event) => cut(event, random)),
  );
  const calls = new Set(result.content.flatMap(({ type }, index) => (type === 'tool-call' ? [index] : [])));
  const told = parts.filter((_, index) => !calls.has(index)).flat();
  const called = parts.filter((_, index) => calls.has(index));
  const early = random() < 0.2 ? end.filter(({ type }) => type === 'usage') : [];
  const events = [
    ...start,
    ...early,
    ...told,
    ...(interleaves && random() < 0.5 ? inTurns(called, random) : called.flat()),
    ...end,
  ];
  return withLogprobs(events, result);
}

/** A delta as several. */
function cut(event: ChatEvent, random: Random): readonly ChatEvent[] {
  const field = event.type === 'tool-delta' ? 'json' : 'text';
  const text = (event as unknown as Readonly<Record<string, unknown>>)[field];
  if (typeof text !== 'string' || text === '') return [event];
  const deltas: ChatEvent[] = [];
  for (let at = 0; at < text.length;) {
    // Sometimes nothing at all.
    const length = Math.floor(random() * Math.min(text.length + 1, 64));
    deltas.push({ ...event, [field]: text.slice(at, at + length) });
    at += length;
  }
  return deltas;
}

/** Each call starts in its order; which of them goes on next is left to chance. */
function inTurns(called: readonly (readonly ChatEvent[])[], random: Random): readonly ChatEvent[] {
  const events = called.map(([start]) => start).filter((start) => start !== undefined);
  const rests = called.map((call) => call.slice(1)).filter((rest) => rest.length > 0);
  while (rests.length > 0) {
    const chosen = Math.floor(random() * rests.length);
    const next = rests[chosen]?.shift();
    if (next) events.push(next);
    if (rests[chosen]?.length === 0) rests.splice(chosen, 1);
  }
  return events;
}

/** With the first piece of text that says something. */
function withLogprobs(events: readonly ChatEvent[], { logprobs }: ChatResult): readonly ChatEvent[] {
  const first = events.findIndex((event) => event.type === 'text-delta' && event.text !== '');
  if (!logprobs || first < 0) return events;
  return events.with(first, { ...events[first], logprobs } as ChatEvent);
}
