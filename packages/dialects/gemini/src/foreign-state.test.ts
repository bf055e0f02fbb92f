import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignFields, readForeignState, writeForeignState } from './foreign-state.js';

describe("another vendor's state in a thoughtSignature", () => {
  it('comes back as it went', () => {
    const state = fc.record({ kind: fc.string(), data: fc.jsonValue() });
    const property = fc.property(state, (given) => {
      const back = readForeignState(writeForeignState(given));
      expect(JSON.stringify(back)).toBe(JSON.stringify(given));
    });
    expect(fc.check(property).counterexample).toBeNull();
  });

  it.for([undefined, 7, '', 'Z29vZ2xl', Buffer.from('sluice1.7').toString('base64')])(
    "is not in Google's own %s",
    (text) => {
      expect(readForeignState(text)).toBeUndefined();
    },
  );

  it("is not added to what is Google's own", () => {
    const opaque = { kind: 'gemini-generate', data: { thoughtSignature: 'a' } };
    expect(foreignFields({ type: 'text', text: 'a', opaque })).toEqual({});
  });
});
