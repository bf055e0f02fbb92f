import { expect, it } from 'vitest';
import { Followers } from '../audit/followers.js';
import { catchingUp } from './notices.js';

/** Readings that end when they are told to. */
function openDirectory() {
  const readings: PromiseWithResolvers<void>[] = [];
  const refresh = (): Promise<void> => {
    const reading = Promise.withResolvers<void>();
    readings.push(reading);
    return reading.promise;
  };
  return { readings, refresh };
}

function open() {
  const directory = openDirectory();
  const errors: unknown[] = [];
  const followers = new Followers((cause) => errors.push(cause));
  let news = 0;
  followers.onNews(() => {
    throw new Error('cannot be read');
  });
  followers.onNews(() => (news += 1));
  return { directory, errors, catchUp: catchingUp(followers, directory), newsCount: () => news };
}

it('reads the copy before what is read from it, and every reader whether or not another one fails', async () => {
  const { directory, errors, catchUp, newsCount } = open();
  const done = catchUp();
  expect([directory.readings.length, newsCount()]).toEqual([1, 0]);
  directory.readings[0]?.resolve();
  await done;
  expect([newsCount(), errors.length]).toEqual([1, 1]);
});

it('reads once more for all that were told of while it read, and then no more', async () => {
  const { directory, catchUp, newsCount } = open();
  const done = catchUp();
  await Promise.all(Array.from({ length: 20 }, catchUp));
  directory.readings[0]?.resolve();
  await expect.poll(() => directory.readings.length).toBe(2);
  directory.readings[1]?.resolve();
  await done;
  expect([directory.readings.length, newsCount()]).toEqual([2, 2]);
});

it('goes on after a copy that could not be read', async () => {
  const { directory, catchUp, newsCount } = open();
  const first = catchUp();
  directory.readings[0]?.reject(new Error('away'));
  await first;
  const second = catchUp();
  directory.readings[1]?.resolve();
  await second;
  expect([directory.readings.length, newsCount()]).toEqual([2, 2]);
});
