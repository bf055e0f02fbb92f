import { expect, it } from 'vitest';
import { jsonAnswer } from './answer.js';

it('writes a value as JSON in UTF-8, with further headers', () => {
  expect(jsonAnswer(201, { a: 'é' }, { allow: 'GET' })).toEqual({
    kind: 'plain',
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8', allow: 'GET' },
    body: '{"a":"é"}',
  });
});
