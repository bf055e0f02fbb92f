import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput, parseQuery } from './parse-input.js';

const schema = z.strictObject({ name: z.string().max(3), tags: z.array(z.string()).exactOptional() });

function refusal(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return isGatewayError(error) ? [error.code, error.details.param, error.message] : error;
  }
}

describe('parseInput', () => {
  it("gives the value in the schema's form", () => {
    expect(parseInput(schema, { name: 'ci' })).toEqual({ name: 'ci' });
  });

  it.each([
    [{}, ['missing_required_parameter', 'name', 'The parameter "name" is required.']],
    [{ name: 1 }, ['invalid_type', 'name', 'The parameter "name" must be of type string.']],
    [{ name: null }, ['invalid_type', 'name', 'The parameter "name" must be of type string.']],
    [{ name: 'ci', tags: ['a', 2] }, ['invalid_type', 'tags[1]', 'The parameter "tags[1]" must be of type string.']],
    [{ name: 'ci', more: 1 }, ['unknown_parameter', 'more', 'The parameter "more" is not known here.']],
    [{ name: 'long' }, ['invalid_value', 'name', expect.stringContaining('is not valid: ')]],
    [[], ['invalid_type', undefined, 'The body must be of type object.']],
  ])('refuses %j by the name of what is wrong', (value, expected) => {
    expect(refusal(() => parseInput(schema, value))).toEqual(expected);
  });
});

describe('parseQuery', () => {
  it('refuses a parameter that is given twice', () => {
    const query = new URLSearchParams('name=a&name=b');
    expect(refusal(() => parseQuery(schema, query))).toEqual([
      'invalid_value',
      'name',
      'The parameter "name" is given more than once.',
    ]);
  });
});
