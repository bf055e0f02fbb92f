import { expect, it } from 'vitest';
import { Turns } from './turns.js';

const NEVER = new AbortController().signal;
const turnsOf = (atOnce: number, waiting: number): Turns =>
  new Turns({ atOnce, waiting, message: 'Too many.', retryAfterMs: 5 });

it('lets in as many as may be there at once, the others in the order in which they came', async () => {
  const turns = turnsOf(1, 2);
  await turns.enter(NEVER);
  const came: string[] = [];
  const waiting = ['a', 'b'].map(async (name) => {
    await turns.enter(NEVER);
    came.push(name);
  });
  await Promise.resolve();
  expect(came).toEqual([]);
  turns.leave();
  await waiting[0];
  expect(came).toEqual(['a']);
  turns.leave();
  await waiting[1];
  expect(came).toEqual(['a', 'b']);
});

it('refuses whom it has no room for, and keeps none for who has gone', async () => {
  const turns = turnsOf(1, 1);
  await turns.enter(NEVER);
  const gone = new AbortController();
  const waiting = turns.enter(gone.signal);
  await expect(turns.enter(NEVER)).rejects.toMatchObject({
    code: 'overloaded',
    message: 'Too many.',
    details: { retryAfterMs: 5 },
  });
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(turns.enter(gone.signal)).rejects.toThrow('gone');
  turns.leave();
  await turns.enter(NEVER);
});

it('keeps one alone inside for each who is named, and lets others pass who come later', async () => {
  const turns = turnsOf(2, 4);
  await turns.enter(NEVER, 'a');
  let isSecondIn = false;
  const second = turns.enter(NEVER, 'a').then(() => (isSecondIn = true));
  await turns.enter(NEVER, 'b');
  turns.leave('b');
  await turns.enter(NEVER);
  expect(isSecondIn).toBe(false);
  turns.leave('a');
  await second;
  turns.leave('a');
  await turns.enter(NEVER, 'a');
});

it('keeps room to wait for others than one who comes often', async () => {
  const turns = turnsOf(1, 4);
  await turns.enter(NEVER, 'a');
  const waiting = [turns.enter(NEVER, 'a'), turns.enter(NEVER, 'a')];
  await expect(turns.enter(NEVER, 'a')).rejects.toMatchObject({ code: 'overloaded' });
  waiting.push(turns.enter(NEVER, 'b'));
  for (const whose of ['a', 'a', 'a', 'b']) turns.leave(whose);
  expect(await Promise.all(waiting)).toHaveLength(3);
});
