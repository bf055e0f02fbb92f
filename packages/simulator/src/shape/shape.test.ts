import { describe, expect, it } from 'vitest';
import {
  anything,
  boolean,
  either,
  findFlaw,
  integer,
  lazy,
  list,
  map,
  nullish,
  number,
  object,
  oneOf,
  openObject,
  optional,
  record,
  tagged,
  text,
  type Shape,
} from './shape.js';

const SHAPE = object({
  name: text({ min: 1, max: 3 }),
  count: optional(integer({ min: 0 })),
  share: nullish(number({ max: 1 })),
  flag: optional(boolean),
  kind: optional(oneOf('a', 'b')),
  parts: optional(list(tagged('type', { word: { word: text() }, other: {} }), { max: 2 })),
  stop: optional(either(text(), list(text()))),
  free: optional(openObject({ id: text() })),
  bag: optional(record),
  any: optional(anything),
});

const TREE: Shape = object({ name: text(), leaves: optional(map(lazy('object', () => TREE))) });

describe('findFlaw', () => {
  it.for([
    { name: 'a' },
    { name: 'abc', count: 0, share: null, flag: true, kind: 'b', any: [1] },
    { name: 'a', parts: [{ type: 'word', word: 'x' }, { type: 'other' }] },
    { name: 'a', stop: 'x' },
    { name: 'a', stop: ['x'], free: { id: '1', more: 2 }, bag: { x: 1 } },
  ])('finds nothing wrong with %j', (body) => {
    expect(findFlaw(SHAPE, body)).toBeUndefined();
  });

  it.for([
    [[], 'type', []],
    [{}, 'missing', ['name']],
    [{ name: 'a', nmae: 1 }, 'unknown', ['nmae']],
    [{ name: 4 }, 'type', ['name']],
    [{ name: '' }, 'length', ['name']],
    [{ name: 'abcd' }, 'length', ['name']],
    [{ name: 'a', count: 1.5 }, 'type', ['count']],
    [{ name: 'a', count: null }, 'type', ['count']],
    [{ name: 'a', count: -1 }, 'range', ['count']],
    [{ name: 'a', share: 2 }, 'range', ['share']],
    [{ name: 'a', share: '1' }, 'type', ['share']],
    [{ name: 'a', flag: 'yes' }, 'type', ['flag']],
    [{ name: 'a', kind: 'c' }, 'value', ['kind']],
    [{ name: 'a', kind: 3 }, 'type', ['kind']],
    [{ name: 'a', parts: {} }, 'type', ['parts']],
    [{ name: 'a', parts: [{}] }, 'missing', ['parts', 0, 'type']],
    [{ name: 'a', parts: ['x'] }, 'type', ['parts', 0]],
    [{ name: 'a', parts: [{ type: 'x' }] }, 'value', ['parts', 0, 'type']],
    [{ name: 'a', parts: [{ type: 'other', word: 'x' }] }, 'unknown', ['parts', 0, 'word']],
    [{ name: 'a', parts: [{ type: 'other' }, { type: 'word', word: 1 }] }, 'type', ['parts', 1, 'word']],
    [{ name: 'a', parts: [1, 2, 3] }, 'length', ['parts']],
    [{ name: 'a', stop: 5 }, 'type', ['stop']],
    [{ name: 'a', stop: [5] }, 'type', ['stop', 0]],
    [{ name: 'a', free: {} }, 'missing', ['free', 'id']],
    [{ name: 'a', free: 1 }, 'type', ['free']],
    [{ name: 'a', bag: [] }, 'type', ['bag']],
  ] as const)('finds in %j the flaw %s at %j', ([body, kind, path]) => {
    expect(findFlaw(SHAPE, body)).toMatchObject({ kind, path });
  });

  it('looks into shapes that contain themselves', () => {
    expect(findFlaw(TREE, { name: 'a', leaves: { b: { name: 'b' } } })).toBeUndefined();
    expect(findFlaw(TREE, { name: 'a', leaves: { b: {} } })?.path).toEqual(['leaves', 'b', 'name']);
  });
});
