import fc from 'fast-check';

/** Text that is not empty: any code points, among them those that wires tend to stumble over. */
export const words: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        'Hello',
        ' ',
        '\n',
        '\r\n',
        '🌈',
        'é',
        '"',
        '\\',
        '\u2028',
        '\u0000',
        'data: x',
        '[DONE]',
        '{"a":1}',
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);

/** More digits than a double keeps, and more than it can count to. */
const LONG = [
  '12345678901234567890',
  '900719925474099267',
  '-9223372036854775808',
  '0.1234567890123456789',
  '1234567890.12345678901',
  '1e400',
  '-2.5e-400',
];

interface JsonForm {
  readonly number: fc.Arbitrary<string>;
  readonly key: fc.Arbitrary<string>;
}
/** As `JSON.stringify` writes it: what is left of arguments that a wire carries as an object. */
const PLAIN: JsonForm = {
  number: fc.oneof(fc.integer().map(String), fc.constantFrom('0.5', ...LONG)),
  key: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('b', 'a')).filter((key) => !/^\d+$|^__proto__$/.test(key)),
};
/** Numbers in any form, and keys that an object of JavaScript would put in another order. */
const ANY: JsonForm = {
  number: fc.oneof(PLAIN.number, fc.constantFrom('1.0', '1e3', '0.10')),
  key: fc.oneof(PLAIN.key, fc.constantFrom('1', '0', '__proto__')),
};

function argumentsOf({ number, key }: JsonForm): fc.Arbitrary<string> {
  const object = (member: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .uniqueArray(fc.tuple(key, member), { maxLength: 4, selector: ([named]) => named })
      .map((members) => `{${members.map(([named, held]) => `${JSON.stringify(named)}:${held}`).join(',')}}`);
  const value = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      number,
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
      fc.constantFrom('true', 'false', 'null'),
      fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      object(tie('any')),
    ),
  })).any;
  const big = fc.constant(`{"text":"${'long '.repeat(2_000)}"}`);
  return fc.oneof({ weight: 9, arbitrary: object(value) }, { weight: 1, arbitrary: big });
}

/** Arguments of a tool as a model writes them: an object, sometimes a big one. */
export const toolJson = argumentsOf(ANY);
/** The same in the form that stays as it is where a wire has arguments as an object. */
export const toolObject = argumentsOf(PLAIN);
