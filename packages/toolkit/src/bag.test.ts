import { expect, it } from 'vitest';
import { Bag } from './bag.js';

const thing = (name: string) => ({ name, place: 0 });
const namesIn = (bag: Bag<ReturnType<typeof thing>>): readonly string[] =>
  bag
    .list()
    .map(({ name }) => name)
    .sort();

it('gives out what was put in and not taken out, whatever the order', () => {
  const bag = new Bag<ReturnType<typeof thing>>();
  const [a, b, c, d] = [thing('a'), thing('b'), thing('c'), thing('d')];
  for (const one of [a, b, c]) bag.add(one);
  bag.delete(a);
  bag.add(d);
  bag.delete(c);
  expect([bag.size, namesIn(bag)]).toEqual([2, ['b', 'd']]);
});

it('takes a thing out once', () => {
  const bag = new Bag<ReturnType<typeof thing>>();
  const [a, b] = [thing('a'), thing('b')];
  bag.add(a);
  bag.add(b);
  expect([bag.delete(a), bag.delete(a), bag.delete(thing('b'))]).toEqual([true, false, false]);
  expect(namesIn(bag)).toEqual(['b']);
});

it('takes one back that was taken out', () => {
  const bag = new Bag<ReturnType<typeof thing>>();
  const a = thing('a');
  bag.add(a);
  bag.delete(a);
  bag.add(a);
  expect([namesIn(bag), bag.delete(a), bag.size]).toEqual([['a'], true, 0]);
});
