import { describe, expect, it } from 'vitest';
import { takeWishes } from './wishes.js';

function take(json: string) {
  const { body, wishes } = takeWishes({ body: Buffer.from(json), wire: JSON.parse(json) as unknown });
  return { bytes: Buffer.from(body.body).toString(), wire: body.wire, wishes };
}

describe('what a body says to the gateway itself', () => {
  it('is taken out of the bytes and of what they mean, and nothing else is changed', () => {
    const { bytes, wire, wishes } = take('{"models": ["a","b"], "model":"m",  "n":1.0}');
    expect(bytes).toBe('{"model":"m",  "n":1.0}');
    expect(wire).toEqual({ model: 'm', n: 1 });
    expect(wishes).toEqual({ models: ['a', 'b'] });
  });

  it('has the tags of the metadata, whose other fields stay', () => {
    const { bytes, wire, wishes } = take('{"model":"m","metadata":{"tags":["eu",3],"plan":"pro"}}');
    expect(JSON.parse(bytes)).toEqual({ model: 'm', metadata: { plan: 'pro' } });
    expect(wire).toEqual(JSON.parse(bytes));
    expect(wishes).toEqual({ tags: ['eu'] });
  });

  it('takes metadata away that held nothing but tags', () => {
    const { bytes, wire } = take('{"model":"m","metadata":{"tags":["eu"]}}');
    expect([JSON.parse(bytes), wire]).toEqual([{ model: 'm' }, { model: 'm' }]);
  });

  it.for(['{"model":"m"}', '{"metadata":{"tags":"a,b"}}', '[]', '"x"'])(
    'is nothing in %s, which stays the very body',
    (json) => {
      const given = { body: Buffer.from(json), wire: JSON.parse(json) as unknown };
      expect(takeWishes(given)).toEqual({ body: given });
      expect(takeWishes(given).body).toBe(given);
    },
  );

  it('is a list of models or an error', () => {
    expect(take('{"models":null,"model":"m"}')).toMatchObject({ wire: { model: 'm' }, wishes: {} });
    for (const [models, code, param] of [
      ['"a"', 'invalid_type', 'models'],
      ['["a",1]', 'invalid_type', 'models[1]'],
      ['[""]', 'invalid_value', 'models[0]'],
      [JSON.stringify(Array.from({ length: 21 }, () => 'a')), 'invalid_value', 'models'],
    ] as const) {
      expect(() => take(`{"models":${models}}`)).toThrow(expect.objectContaining({ code, details: { param } }));
    }
  });
});
