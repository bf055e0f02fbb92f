import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explainIssues } from './explain-issues.js';
import { problemLine } from './problem.js';

function explain(schema: z.ZodType, value: unknown): readonly string[] {
  const { error } = schema.safeParse(value);
  return explainIssues(error?.issues ?? [], value).map(problemLine);
}

const either = z.union([z.strictObject({ env: z.string() }), z.number()]);

describe('explainIssues', () => {
  it('names the whole where no key is at fault', () => {
    expect(explain(z.strictObject({}), [])).toEqual(['config error at top level: expected object, received array']);
  });

  it('says of each unknown key where it stands', () => {
    expect(explain(z.strictObject({}), { a: 1, 'b c': 2 })).toEqual([
      'config error at a: there is no such setting',
      'config error at ["b c"]: there is no such setting',
    ]);
  });

  it('says what is missing', () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ name: z.string() })) });
    expect(explain(schema, { list: [{}] })).toEqual([
      'config error at list[0].name: expected string, which is missing',
    ]);
  });

  it('says what may stand where several things may', () => {
    expect(explain(z.strictObject({ ttl: either }), { ttl: 'x' })).toEqual([
      'config error at ttl: expected object, received string, or expected number, received string',
    ]);
  });

  it('says how a key is given where one stands in the file', () => {
    expect(explain(z.strictObject({ apiKey: either }), { apiKey: 'sk-live' })).toEqual([
      'config error at apiKey: secrets are references: expected { env: NAME } or { file: PATH }',
    ]);
  });

  it('writes control characters of a key so that they stay in the line', () => {
    expect(explain(z.strictObject({}), { 'a\nconfig error at b': 1 })).toEqual([
      String.raw`config error at ["a\nconfig error at b"]: there is no such setting`,
    ]);
  });
});
