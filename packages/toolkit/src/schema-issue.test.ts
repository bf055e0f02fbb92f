import { expect, it } from 'vitest';
import { parseExact } from './json.js';
import { isOutOfRange, valueAt, writeParam } from './schema-issue.js';

const BODY = { list: [{ name: 'a' }], none: null };

it.for([
  [['list', 0, 'name'], 'a'],
  [['list', 1, 'name'], undefined],
  [['none', 'name'], undefined],
  [['list', 0, 'name', 'length'], undefined],
  [['constructor'], undefined],
  [[], BODY],
] as const)('finds what stands at %j', ([path, value]) => expect(valueAt(BODY, path)).toBe(value));

it.for([
  [['messages', 0, 'content'], 'messages[0].content'],
  [['a'], 'a'],
  [[0], '[0]'],
  [[], ''],
  [['x'.repeat(1_000)], 'x'.repeat(200)],
] as const)('names the field at %j', ([path, param]) => expect(writeParam(path)).toBe(param));

const EXACT = parseExact('12345678901234567890');

it.for([
  [{ code: 'invalid_type', expected: 'number' }, EXACT, true],
  [{ code: 'invalid_type', expected: 'number' }, Number.POSITIVE_INFINITY, true],
  [{ code: 'invalid_type', expected: 'int' }, 1.5, false],
  [{ code: 'invalid_type', expected: 'number' }, {}, false],
  [{ code: 'invalid_type', expected: 'string' }, EXACT, false],
  [{ code: 'too_big' }, 2 ** 53, true],
  [{ code: 'too_big' }, 1_000, false],
  [{ code: 'too_small' }, -0, true],
  [{ code: 'too_small' }, 0, false],
  [{ code: 'too_small' }, 'text', false],
] as const)('knows of %j for %o whether the number is out of range: %s', ([issue, value, is]) =>
  expect(isOutOfRange(issue, value)).toBe(is),
);
