import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
// eslint-disable-next-line no-restricted-imports -- a process that was started without a flag has no other way to the collector
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { FleetingMap } from './fleeting-map.js';

/** Each is there while two others come. */
function pass(map: FleetingMap<number, unknown>, [from, until]: readonly [number, number]): void {
  for (let key = from; key < until; key += 1) {
    map.set(key, new Array(100).fill(key));
    map.delete(key - 2);
  }
}

it('has what was set and not deleted, in the order in which it came, however many have passed', () => {
  const map = new FleetingMap<number, unknown>();
  map.set(-1_000, 'stays');
  pass(map, [0, 10_000]);
  expect([...map].map(([key]) => key)).toEqual([-1_000, 9_998, 9_999]);
  expect([[...map.keys()], map.values().next().value]).toEqual([[-1_000, 9_998, 9_999], 'stays']);
  expect([map.size, map.get(-1_000), map.has(9_999), map.has(9_997)]).toEqual([3, 'stays', true, false]);
  expect([map.delete(9_999), map.delete(9_999)]).toEqual([true, false]);
});

it('goes on where its entries are deleted while somebody goes through them', () => {
  const map = new FleetingMap<number, number>();
  for (let key = 0; key < 1_000; key += 1) map.set(key, key);
  const met: number[] = [];
  for (const [key] of map) if (map.delete(key)) met.push(key);
  expect([met.length, new Set(met).size, map.size]).toEqual([1_000, 1_000, 0]);
});

it('keeps nothing among the old objects of what has passed through it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
  const map = new FleetingMap<number, unknown>();
  pass(map, [0, 100]);
  collect();
  const before = oldBytes();
  for (let round = 0; round < 20; round += 1) {
    pass(map, [round * 1_000, (round + 1) * 1_000]);
    collect({ type: 'minor' });
  }
  expect(oldBytes() - before).toBeLessThan(1_000_000);
});

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0;
}
