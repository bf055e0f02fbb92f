import { isGatewayError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTopLevel, editItems, editTopLevel, removeMember, setTopLevel } from './json-edit.js';

const edit = (json: string, key = 'model', value: unknown = 'new') =>
  setTopLevel(Buffer.from(json), key, value).toString();

/** JSON text of a value with random space between its tokens and random escapes in its strings. */
const spaces = fc.constantFrom('', ' ', '\n', '\t\r\n ');
const anyJson = fc.json({ maxDepth: 3 });
const members = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 6 }), anyJson, spaces), {
  selector: ([key]) => key,
  maxLength: 5,
});
const writeObject = (entries: readonly (readonly [string, string, string])[]) =>
  `{${entries.map(([key, json, space]) => `${space}${JSON.stringify(key)}${space}:${space}${json}${space}`).join(',')}}`;

describe('setTopLevel', () => {
  it.for([
    ['{"model":"a","messages":[]}', '{"model":"new","messages":[]}'],
    [' {\n "model" : "a" , "x":1}', ' {\n "model" : "new" , "x":1}'],
    ['{"x":{"model":"deep"},"model":null}', '{"x":{"model":"deep"},"model":"new"}'],
    ['{"x":"\\"model\\":1","model":1.50e1}', '{"x":"\\"model\\":1","model":"new"}'],
    ['{"x":"\\\\","model":["]",{}],"y":2}', '{"x":"\\\\","model":"new","y":2}'],
    ['{"model":"a","x":"the \\"model\\" is \\u00e9"}', '{"model":"new","x":"the \\"model\\" is \\u00e9"}'],
    ['{"\\u006dodel":"a"}', '{"\\u006dodel":"new"}'],
  ] as const)('replaces only the value in %s', ([json, expected]) => expect(edit(json)).toBe(expected));

  it.for([
    ['{}', '{"model":"new"}'],
    ['{ "x":1}', '{"model":"new", "x":1}'],
  ] as const)('adds what is missing in %s', ([json, expected]) => expect(edit(json)).toBe(expected));

  it('takes a byte order mark away', () => {
    expect(edit('\ufeff{"model":"a"}')).toBe('{"model":"new"}');
  });

  it.for([
    '{"model":"a","model":"b"}',
    '{"model":"a","\\u006dodel":"b"}',
    '{"\\u006Dode\\u006c":"a","x":0,"model":"b"}',
    '{"x":0,"model":"a","model":"a"}',
  ])('refuses %s, which has the key twice', (json) => {
    expect(() => edit(json)).toThrow(
      expect.objectContaining({ code: 'duplicate_key', details: { param: 'model' } }) as Error,
    );
  });

  it('leaves every other byte alone, whatever the object holds', () => {
    const entry = fc.tuple(fc.constant('model'), anyJson, spaces);
    const object = fc.tuple(members, entry, fc.nat(5)).map(([others, [key, json, space], at]) => {
      const rest = others.filter(([name]) => name !== key);
      const write = (value: string) => writeObject(rest.toSpliced(at, 0, [key, value, space]));
      return { before: write(json), after: write('"new"') };
    });
    fc.assert(
      fc.property(object, ({ before, after }) => {
        expect(edit(before)).toBe(after);
      }),
    );
  });

  it('gives JSON that differs in the one key only', () => {
    fc.assert(
      fc.property(members, fc.jsonValue(), (entries, value) => {
        const json = writeObject(entries);
        const expected = { ...(JSON.parse(json) as object), model: value };
        expect(JSON.parse(edit(json, 'model', value))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('finds a key that comes twice in any spelling', () => {
    const spelling = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }).map((escaped) => spell('model', escaped));
    fc.assert(
      fc.property(spelling, spelling, members, (one, two, others) => {
        const rest = others.filter(([key]) => key !== 'model').map(([key, json]) => `${JSON.stringify(key)}:${json}`);
        const json = `{${[`"${one}":1`, ...rest, `"${two}":2`].join(',')}}`;
        expect(refusal(json)).toBe(true);
      }),
    );
  });
});

describe('addTopLevel', () => {
  it('puts the key in front and keeps the rest', () => {
    expect(addTopLevel(Buffer.from('{"model":"a"}'), 'x', { y: 1 }).toString()).toBe('{"x":{"y":1},"model":"a"}');
  });

  it('takes any view of bytes', () => {
    const bytes = new TextEncoder().encode('..{}..').subarray(2, 4);
    expect(addTopLevel(bytes, 'x', true).toString()).toBe('{"x":true}');
  });
});

function spell(key: string, escaped: readonly boolean[]): string {
  return [...key]
    .map((letter, i) => (escaped[i] ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter))
    .join('');
}

function refusal(json: string): boolean {
  try {
    edit(json);
    return false;
  } catch (error) {
    return isGatewayError(error, 'duplicate_key');
  }
}

describe('removeMember', () => {
  const remove = (json: string, ...path: readonly string[]) => removeMember(Buffer.from(json), path).toString();

  it.for([
    ['{"a":1,"x":2,"b":3}', '{"a":1,"b":3}'],
    ['{"x":2,"b":3}', '{"b":3}'],
    ['{"a":1,"x":2}', '{"a":1}'],
    ['{"x":2}', '{}'],
    [' { "a" : 1 ,\n "x" : [2,"x"] , "b":3 }', ' { "a" : 1 ,\n "b":3 }'],
    [' { "a" : 1 ,\n "x" : {"x":1} }', ' { "a" : 1 }'],
    ['{"x":1,"a":1,"\\u0078":2,"x":3}', '{"a":1}'],
    ['{"a":{"x":1},"b":"\\"x\\":1"}', '{"a":{"x":1},"b":"\\"x\\":1"}'],
    ['\ufeff{"x":1}', '{}'],
  ] as const)('takes x out of %s', ([json, expected]) => expect(remove(json, 'x')).toBe(expected));

  it.for([
    ['{"c":{"x":1,"y":2},"x":3}', '{"c":{"y":2},"x":3}'],
    ['{"c":{"x":1},"c":{"y":{"x":2},"x":2}}', '{"c":{},"c":{"y":{"x":2}}}'],
    ['{"c":[{"x":1}],"d":{"x":1}}', '{"c":[{"x":1}],"d":{"x":1}}'],
    ['{"c":null}', '{"c":null}'],
  ] as const)('takes c.x out of %s', ([json, expected]) => expect(remove(json, 'c', 'x')).toBe(expected));

  it('leaves the rest as it parses, whatever the object holds', () => {
    fc.assert(
      fc.property(members, fc.nat(5), (entries, at) => {
        const [gone] = entries[at % Math.max(1, entries.length)] ?? [''];
        const rest = entries.filter(([key]) => key !== gone);
        const parse = (json: string): unknown => JSON.parse(json);
        expect(parse(remove(writeObject(entries), gone))).toEqual(parse(writeObject(rest)));
      }),
    );
  });
});

describe('editTopLevel and editItems', () => {
  const rename = (json: string) =>
    editTopLevel(Buffer.from(json), 'list', (list) =>
      editItems(list, (item) => setTopLevel(item, 'model', 'b')),
    ).toString();

  it.for([
    [
      '{"list": [ {"model":"a"} , {"x":1.0,"model" : "a"}\n], "model":"a"}',
      '{"list": [ {"model":"b"} , {"x":1.0,"model" : "b"}\n], "model":"a"}',
    ],
    ['{"list":[{"x":["]"]},{}]}', '{"list":[{"model":"b","x":["]"]},{"model":"b"}]}'],
    ['{"list":[]}', '{"list":[]}'],
    ['{"other":[{"model":"a"}]}', '{"other":[{"model":"a"}]}'],
  ] as const)('change %s inside alone', ([json, edited]) => expect(rename(json)).toBe(edited));

  it('refuse a key that stands twice', () => {
    expect(() => rename('{"list":[],"list":[]}')).toThrow(/stands twice/);
  });

  it('find every item, whatever is in it and between', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyJson, spaces)), (items) => {
        const text = (mark: string) => `[${items.map(([json, space]) => `${space}${mark || json}${space}`).join(',')}]`;
        expect(editItems(Buffer.from(text('')), () => Buffer.from('0')).toString()).toBe(text('0'));
      }),
    );
  });
});
