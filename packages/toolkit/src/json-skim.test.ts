import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skimJson } from './json-skim.js';
import { parseExact } from './json.js';

const LONG = 'It says "no", in C:\\temp,\nand ~0 of it is read. '.repeat(120);

/** The value with every string that is long as it is written, as what skimming leaves. */
function written(value: unknown): unknown {
  if (typeof value === 'string') {
    const source = JSON.stringify(value).slice(1, -1);
    return source.length < 4_096 ? value : source;
  }
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, written(member)]));
}

/** What a reader makes of a text: its value, or that it is none. */
function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    return (error as Error).name;
  }
}

describe('skimming a document', () => {
  it('reads everything but the long strings, whatever stands in them and beside them', () => {
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
        expect(skimJson(JSON.stringify(all, null, indent))).toEqual(written(all));
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
        const wholly = outcome(JSON.parse, text);
        expect([wholly, undefined]).toContainEqual(outcome(skimJson, text));
      }
    }
  });

  it('does not look into a long string', () => {
    const faulty = `{"a":"${'b'.repeat(5_000)}\\x\n","c":1}`;
    expect(skimJson(faulty)).toEqual({ a: `${'b'.repeat(5_000)}\\x\n`, c: 1 });
  });

  it('keeps numbers as a whole parse does', () => {
    const text = `{"id":12345678901234567890,"far":1e400,"a":"${'b'.repeat(5_000)}","n":1.5}`;
    expect(JSON.stringify(skimJson(text))).toBe(text);
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it.each([
    ['nothing is long', JSON.stringify({ a: 'b'.repeat(4_000) })],
    ['the long string is a name', `{"${'b'.repeat(5_000)}" : 1}`],
    ['it would take longer than reading', JSON.stringify(['"'.repeat(5_000)])],
    ['a string does not end', `["${'b'.repeat(5_000)}`],
  ])('leaves it to a whole parse where %s', (_case, text) => {
    expect(skimJson(text)).toBeUndefined();
  });
});
