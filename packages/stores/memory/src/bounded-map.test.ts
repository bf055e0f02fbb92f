import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

function createMap(maxBytes = 2_500) {
  const clock = createManualClock();
  return { clock, map: new BoundedMap<string>({ clock, maxBytes, sizeOf: (value) => value.length }) };
}
const large = 'x'.repeat(1_000);

describe('BoundedMap', () => {
  it('pushes out the entry that was set first when nothing was read', () => {
    const { map } = createMap();
    for (const key of ['a', 'b', 'c']) map.set(key, large);
    expect(['a', 'b', 'c'].filter((key) => map.has(key))).toEqual(['b', 'c']);
  });

  it('spares an entry that was read since', () => {
    const { map } = createMap();
    map.set('a', large).set('b', large);
    map.get('a');
    map.set('c', large);
    expect(['a', 'b', 'c'].filter((key) => map.has(key))).toEqual(['a', 'c']);
  });

  it('never holds more than it may', () => {
    const { map } = createMap();
    for (let i = 0; i < 1_000; i += 1) map.set(`key-${i}`, 'x'.repeat(i));
    expect(map.bytes).toBeLessThanOrEqual(2_500);
  });

  it('keeps the others when an entry alone is too large', () => {
    const { map } = createMap();
    map.set('a', large).set('b', 'x'.repeat(3_000));
    expect(['a', 'b'].filter((key) => map.has(key))).toEqual(['a']);
  });

  it('counts an entry once that is set twice', () => {
    const { map } = createMap();
    map.set('a', large);
    const once = map.bytes;
    map.set('a', large);
    expect(map.bytes).toBe(once);
  });

  it('gives the room of an expired entry back when it is asked for', () => {
    const { map, clock } = createMap();
    map.set('a', large, 100);
    clock.advance(100);
    expect(map.get('a')).toBeUndefined();
    expect(map.bytes).toBe(0);
  });

  it('is empty after clear', () => {
    const { map } = createMap();
    map.set('a', large).clear();
    expect(map.bytes).toBe(0);
    expect(map.has('a')).toBe(false);
  });
});
