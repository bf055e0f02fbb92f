import { describe, expect, it } from 'vitest';
import { createRecogniser, pickHeaders } from './raw-endpoints.js';

const recognise = createRecogniser([
  { path: /^chat$/, operation: 'chat', dialect: 'toy' },
  { path: /^models\/(?<model>[^/]+):stream$/, operation: 'chat', stream: true },
  { path: /^models\/(?<model>[^/]+):\w+$/ },
]);
const at = (path: string, method: 'POST' | 'GET' = 'POST') => recognise({ method, path });

describe('a table of addresses', () => {
  it.for([
    ['chat', { operation: 'chat', dialect: 'toy' }],
    ['models/a%2Fb:stream', { operation: 'chat', stream: true, model: 'a/b' }],
    ['models/%zz:stream', { operation: 'chat', stream: true, model: '%zz' }],
    ['models/m:other', { model: 'm' }],
    ['chat/more', undefined],
  ] as const)('knows %s', ([path, call]) => expect(at(path)).toEqual(call));

  it('is for POST', () => expect(at('chat', 'GET')).toBeUndefined());
});

it('picks headers by name, and joins one that came twice', () => {
  expect(pickHeaders({ a: '1', b: ['2', '3'], c: '4' }, ['a', 'b', 'd'])).toEqual({ a: '1', b: '2, 3' });
});
