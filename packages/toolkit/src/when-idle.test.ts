import { expect, it } from 'vitest';
import { WhenIdle } from './when-idle.js';

it('lets those go on who waited for the last of several, and not before', async () => {
  const left = new Set([1, 2]);
  const idle = new WhenIdle(() => left.size === 0);
  const went: string[] = [];
  const waiting = ['a', 'b'].map((who) => idle.wait().then(() => went.push(who)));
  left.delete(1);
  idle.check();
  await Promise.resolve();
  expect(went).toEqual([]);
  left.delete(2);
  idle.check();
  await Promise.all(waiting);
  expect(went).toEqual(['a', 'b']);
});

it('waits again for what has begun since', async () => {
  let running = 0;
  const idle = new WhenIdle(() => running === 0);
  await idle.wait();
  idle.check();
  running = 1;
  let isOver = false;
  const waiting = idle.wait().then(() => (isOver = true));
  await Promise.resolve();
  expect(isOver).toBe(false);
  running = 0;
  idle.check();
  await waiting;
  expect(isOver).toBe(true);
});
