import type { ChatEvent, ChatResult } from '@sluice/contract';
import { arbitraries, foldEvents } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { RUNS } from './__fixtures__/runs.js';
import { readStream as read } from './__fixtures__/translate.js';
import { VENDORS } from './__fixtures__/vendors.js';

const callsOf = ({ content }: ChatResult) =>
  content.flatMap((part) => (part.type === 'tool-call' ? [[part.name, part.json]] : []));

vi.setConfig({ testTimeout: 300_000 });

describe.each(VENDORS)('an answer of $kind', (vendor) => {
  const { wire, chat } = vendor;
  const told = arbitraries
    .answer(wire.shape)
    .chain((result) => fc.tuple(fc.constant(result), arbitraries.stream(result, wire)))
    .map(([result, events]) => ({ result, plain: wire.plain(result), stream: wire.stream(events) }));

  it('has the arguments of its tools and its usage as the vendor gave them', () => {
    fc.assert(
      fc.property(told, ({ result, plain, stream }) => {
        for (const decoded of [chat.decode(plain, wire.head, vendor.target), foldEvents(read(vendor, [stream]))]) {
          expect(callsOf(decoded)).toEqual(callsOf(result));
          expect(decoded.usage).toMatchObject(result.usage ? wire.counts(result.usage) : {});
        }
      }),
      RUNS,
    );
  });

  it('is the same plain and as a stream', () => {
    fc.assert(
      fc.property(told, ({ plain, stream }) => {
        expect(foldEvents(read(vendor, [stream]))).toEqual(chat.decode(plain, wire.head, vendor.target));
      }),
      RUNS,
    );
  });

  it('has the same events however its bytes are cut', () => {
    const cut = told.chain(({ stream }) => fc.tuple(fc.constant(stream), arbitraries.pieces(stream)));
    fc.assert(
      fc.property(cut, ([stream, pieces]) => {
        expect(read(vendor, pieces)).toEqual(read(vendor, [stream]));
      }),
      RUNS,
    );
  });

  it('never passes for a whole one where it was cut', () => {
    fc.assert(
      fc.property(told, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ({ stream }, share) => {
        const whole = foldEvents(read(vendor, [stream]));
        const cut = stream.subarray(0, Math.floor(share * stream.length));
        let events: readonly ChatEvent[];
        try {
          events = read(vendor, [cut]);
        } catch {
          return;
        }
        // Only what says nothing more of the answer may be missing.
        const { usage: _, ...rest } = foldEvents(events);
        expect(whole).toMatchObject(rest);
        expect(rest.content).toEqual(whole.content);
      }),
      RUNS,
    );
  });
});
