import { describe, expect, it } from 'vitest';
import { ResourcePool, resourceKey, stableHash } from './resource-pool.js';

function setUp() {
  const failures: unknown[] = [];
  const pool = new ResourcePool((cause) => failures.push(cause));
  const events: string[] = [];
  const open = (name: string) => () => {
    events.push(`open ${name}`);
    return { value: name, dispose: () => void events.push(`dispose ${name}`) };
  };
  return { pool, events, failures, open };
}

describe('ResourcePool', () => {
  it('opens a resource for its first holder and shares it with the others', () => {
    const { pool, events, open } = setUp();
    expect([pool.acquire('k', open('a')).value, pool.acquire('k', open('b')).value]).toEqual(['a', 'a']);
    expect(events).toEqual(['open a']);
  });

  it('disposes of it after the last holder, once', () => {
    const { pool, events, open } = setUp();
    const shares = [pool.acquire('k', open('a')), pool.acquire('k', open('a'))];
    shares[0]?.release();
    shares[0]?.release();
    expect(events).toEqual(['open a']);
    shares[1]?.release();
    shares[1]?.release();
    expect(events).toEqual(['open a', 'dispose a']);
    expect(pool.size).toBe(0);
  });

  it('opens a new one for who comes after the last holder', () => {
    const { pool, events, open } = setUp();
    pool.acquire('k', open('a')).release();
    expect(pool.acquire('k', open('b')).value).toBe('b');
    expect(events).toEqual(['open a', 'dispose a', 'open b']);
  });

  it('holds nothing when a resource cannot be opened', () => {
    const { pool } = setUp();
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => pool.acquire('k', fail)).toThrow('no');
    expect(pool.size).toBe(0);
  });

  it('reports what cannot be disposed of', async () => {
    const { pool, failures } = setUp();
    const cause = new Error('stuck');
    pool.acquire('k', () => ({ value: 1, dispose: () => Promise.reject(cause) })).release();
    await pool.settled();
    expect([failures, pool.size]).toEqual([[cause], 0]);
  });

  it('has settled when what was given back is closed', async () => {
    const { pool } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    let isClosed = false;
    pool.acquire('k', () => ({ value: 1, dispose: () => promise.then(() => void (isClosed = true)) })).release();
    resolve();
    await pool.settled();
    expect(isClosed).toBe(true);
  });
});

describe('resourceKey', () => {
  it('does not depend on the order of settings', () => {
    expect(resourceKey('provider a', { x: 1, y: { b: 1, a: 2 } })).toBe(
      resourceKey('provider a', { y: { a: 2, b: 1 }, x: 1 }),
    );
  });

  it('tells settings and kinds apart', () => {
    const keys = [resourceKey('a', { x: 1 }), resourceKey('b', { x: 1 }), resourceKey('a', { x: 2 })];
    expect(new Set(keys).size).toBe(3);
  });
});

describe('stableHash', () => {
  it('is twelve hexadecimal digits', () => {
    expect(stableHash({ a: 1 })).toMatch(/^[0-9a-f]{12}$/);
  });
});
