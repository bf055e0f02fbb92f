import type { JsonObject } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutStrings } from './cut-strings.js';

/** Characters of a long string that stay. */
const KEPT = 1_024;
const LONG = 'It says "no", in C:\\temp,\nand ~0 of it is read. '.repeat(120);

/** What stands where a string was cut. */
const CUT = '\u0000';

/** What is left of the first string of a list, told to be cut. */
function beginningIn(text: string): string {
  const [cut] = JSON.parse(cutStrings(text) ?? '') as [string];
  expect(cut.endsWith(CUT)).toBe(true);
  return cut.slice(0, -1);
}

/** Whether a value is what was said, but for strings that are cut. */
function isBeginningOf(cut: unknown, said: unknown): boolean {
  if (typeof cut === 'string' && typeof said === 'string' && JSON.stringify(said).length > KEPT + 2)
    return cut.length > (KEPT - 12) / 6 && cut.endsWith(CUT) && said.startsWith(cut.slice(0, -1));
  if (typeof cut !== 'object' || cut === null || typeof said !== 'object' || said === null) return Object.is(cut, said);
  const names = Object.keys(said);
  return (
    Array.isArray(cut) === Array.isArray(said) &&
    JSON.stringify(Object.keys(cut)) === JSON.stringify(names) &&
    names.every((name) => isBeginningOf((cut as JsonObject)[name], (said as JsonObject)[name]))
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('cutting the strings of a document', () => {
  it('leaves everything else, whatever stands in them and beside them', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('~0', '"~0"', '~~1', '\\', '\\"'),
      fc.string({ unit: 'binary' }).map((start) => start + LONG),
      fc.nat(3).map((backslashes) => LONG + '\\'.repeat(backslashes)),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.constantFrom(null, true, 1.5),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z0-9~é]{1,6}$/), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1), (said, indent) => {
        const all = [said, LONG];
        const cut: unknown = JSON.parse(cutStrings(JSON.stringify(all, null, indent)) ?? '');
        expect(isBeginningOf(cut, JSON.parse(JSON.stringify(all)))).toBe(true);
      }),
    );
  });

  it('refuses what a whole parse refuses outside of the long strings', () => {
    const whole = JSON.stringify({ a: 'b\\', n: [1, { x: '}' }], long: 'c'.repeat(5_000), s: ',' });
    const longAt = whole.indexOf('cc');
    const isOutside = (at: number): boolean => at < longAt || at >= longAt + 5_000;
    for (const at of Array.from(whole, (_char, index) => index).filter(isOutside)) {
      for (const change of ['', ',', '"', '}', ':', 'x', '\\', '\n']) {
        const text = `${whole.slice(0, at)}${change}${whole.slice(at + 1)}`;
        const cut = cutStrings(text);
        expect([undefined, isJson(text)]).toContain(cut === undefined ? undefined : isJson(cut));
      }
    }
  });

  it('does not look at what it cuts off', () => {
    const begin = `{"a":"${'b'.repeat(KEPT)}`;
    expect(cutStrings(`${begin}\\x\n","c":1}`)).toBe(`${begin}\\u0000","c":1}`);
  });

  it.each([0, 1, 2, 5, 6, 7, 11, 12, 13])('does not cut an escape %i characters before the end in two', (before) => {
    for (const escape of ['\\"', '\\\\', '\\u0041', '\\ud83d\\ude00', '\\\\\\"', '\\"\\"\\"']) {
      const text = `["${'b'.repeat(KEPT - before)}${escape}${'c'.repeat(100)}"]`;
      const cut = beginningIn(text);
      expect((JSON.parse(text) as [string])[0].slice(0, cut.length)).toBe(cut);
      expect(cut.length).toBeGreaterThan(KEPT - before - 13);
    }
  });

  it.each([
    ['escapes', String.raw`\u4e2d`.repeat(1_500)],
    ['backslashes', '\\'.repeat(9_000)],
    ['quotes', 'b'.repeat(KEPT - 26) + String.raw`\"`.repeat(250)],
  ])('leaves as much of %s as of anything else', (_case, inside) => {
    for (const lead of ['', 'b', 'bb', 'bbb', 'bbbb', 'bbbbb']) {
      const text = `["${lead}${inside}${'c'.repeat(5_000)}"]`;
      const kept = (cutStrings(text) ?? '').slice('["'.length, -String.raw`\u0000"]`.length);
      expect(kept.length).toBeGreaterThanOrEqual(KEPT - 12);
      expect(kept.length).toBeLessThanOrEqual(KEPT);
      expect((JSON.parse(text) as [string])[0].startsWith(beginningIn(text))).toBe(true);
    }
  });

  it.each([
    ['nothing is long', JSON.stringify({ a: 'b'.repeat(KEPT) })],
    ['the long string is a name', `{"${'b'.repeat(5_000)}" : 1}`],
    ['it would take longer than reading', JSON.stringify(['"'.repeat(5_000)])],
    ['a string does not end', `["${'b'.repeat(5_000)}`],
  ])('leaves it to a whole parse where %s', (_case, text) => {
    expect(cutStrings(text)).toBeUndefined();
  });
});
