import { isGatewayError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editCallBody, parseCallBody } from './call-body.js';

const parse = (text: string) => parseCallBody(Buffer.from(text));

function edited(text: string, edit: Parameters<typeof editCallBody>[1]): string {
  const body = Buffer.from(text);
  const sent = editCallBody({ body, ...parseCallBody(body) }, edit);
  if (typeof sent === 'string' || sent instanceof Uint8Array) return Buffer.from(sent).toString();
  return Buffer.concat(sent).toString();
}

describe('parsing a call', () => {
  it.each(['{"model":"a","id":12345678901234567890}', '{"id":12345678901234567890,"model":"a"}'])(
    'keeps the digits of %s',
    (text) => {
      expect(JSON.stringify(parse(text).wire)).toBe(text);
    },
  );

  it('gives the same value as JSON.parse, wherever the model stands', () => {
    // No escapes in keys: once V8 13.6 has seen the key "a\\" it takes "a\"" for the same, so JSON.parse is no measure there.
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.string()), fc.constant({ model: 1 }));
    const member = fc.tuple(fc.stringMatching(/^[a-zé]{1,6}$/), value);
    fc.assert(
      fc.property(fc.array(member), fc.string(), fc.nat(), (members, model, position) => {
        const rest = Object.entries(Object.fromEntries(members.filter(([key]) => key !== 'model')));
        rest.splice(position % (rest.length + 1), 0, ['model', model]);
        const text = `{${rest.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(' ,\n')} }`;
        expect(parse(text).wire).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses exactly the texts that JSON.parse refuses', () => {
    const whole = '{ "model" : "a\\"b" , "n" : [1, {"x": "}"}], "s" : "," }';
    for (let at = 0; at < whole.length; at += 1) {
      for (const change of ['', ',', '"', '}', ':', 'x', ' ']) {
        const text = `${whole.slice(0, at)}${change}${whole.slice(at + 1)}`;
        expect([text, accepts(() => parse(text))]).toEqual([text, accepts(() => JSON.parse(text))]);
      }
    }
  });

  it.each(['{"model":"a"}', '{"model":"a",}', '{"model":"a"} x', '{"model":1e5,"b":2}', '{"model":{"model":1},"b":2}'])(
    'agrees with JSON.parse on %s',
    (text) => {
      expect(accepts(() => parse(text))).toBe(accepts(() => JSON.parse(text)));
    },
  );

  it.each(['{"model":"a","model":"b"}', '{"model":"a","x":1,"\\u006dodel":"b"}'])(
    'refuses a second model in %s',
    (text) => {
      expect(failure(() => parse(text))).toMatchObject({ code: 'duplicate_key', details: { param: 'model' } });
    },
  );

  it('does not take a model inside a message for a second one', () => {
    expect(parse('{"model":"a","messages":[{"model":"b"}]}').modelAt).toEqual({ start: 9, end: 12 });
  });

  it('leaves the body as it came, also where it is no JSON', () => {
    const body = Buffer.from('{"model":"a" , "n":');
    expect(failure(() => parseCallBody(body))).toBeInstanceOf(SyntaxError);
    expect(body.toString()).toBe('{"model":"a" , "n":');
  });

  it('says nothing of where the model stands when it is not the first member', () => {
    expect(parse('{"x":1,"model":"a"}').modelAt).toBeUndefined();
  });
});

describe('editing a call', () => {
  it('changes the model and no other byte', () => {
    expect(edited('{"model":"a" , "n":1.50, "t":"\\u00e9"}', { model: 'b/c' })).toBe(
      '{"model":"b/c" , "n":1.50, "t":"\\u00e9"}',
    );
  });

  it('finds a model that is not the first member', () => {
    expect(edited('{"n":1.50,"model":"a"}', { model: 'b' })).toBe('{"n":1.50,"model":"b"}');
  });

  it.each(['{"model":"a"}', '{"n":1,"model":"a"}', '{"model":"a","n":1}'])('adds a member to %s', (text) => {
    const sent: unknown = JSON.parse(edited(text, { model: 'b', add: { key: 'extra', value: { on: true } } }));
    expect(sent).toEqual({ ...(JSON.parse(text) as object), model: 'b', extra: { on: true } });
  });

  it('hands a long rest on without copying it', () => {
    const body = Buffer.from(`{"model":"a","long":"${'x'.repeat(20_000)}"}`);
    const sent = editCallBody({ body, ...parseCallBody(body) }, { model: 'b' }) as readonly Uint8Array[];
    expect(sent[1]?.buffer).toBe(body.buffer);
  });

  it('refuses a second model behind the first', () => {
    const body = Buffer.from('{"x":1,"model":"a","model":"b"}');
    expect(failure(() => editCallBody({ body }, { model: 'c' }))).toMatchObject({ code: 'duplicate_key' });
  });
});

function accepts(run: () => unknown): boolean {
  return failure(run) === undefined;
}

function failure(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (cause) {
    return isGatewayError(cause) ? cause : cause;
  }
}
