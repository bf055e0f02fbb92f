import type { Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { Exchange } from './exchange.js';

/** More than is kept for a reader who does not come. */
const MUCH = Buffer.alloc(5_000, 'x');

/** What undici gives an exchange: a socket that brings `onResume` when it is read again. */
function socketOf(onResume: () => void) {
  const calls: string[] = [];
  const controller = {
    rawHeaders: null,
    abort: () => calls.push('abort'),
    pause: () => calls.push('pause'),
    resume() {
      calls.push('resume');
      onResume();
    },
  };
  return { calls, controller: controller as unknown as Dispatcher.DispatchController };
}

it.each([
  ['stays paused while more than a reader takes is there', false, ['pause', 'resume', 'pause']],
  ['pauses nobody once it is over: the socket may be another request of its own by then', true, ['pause', 'resume']],
])('an exchange %s', async (_case, isOver, expected) => {
  const exchange = new Exchange(new AbortController().signal);
  const { calls, controller } = socketOf(() => {
    exchange.onResponseData(controller, MUCH);
    if (isOver) exchange.onResponseEnd();
  });
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
  exchange.onResponseData(controller, MUCH);
  await exchange.next();
  expect(calls).toEqual(expected);
});
