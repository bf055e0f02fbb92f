import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.js';

async function read(log: EventLog, after = -1): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const frame of log.follow(after)) all.push(frame);
  return all;
}
function logOf(frames: readonly string[], maxChars = 100): EventLog {
  const log = new EventLog(maxChars);
  for (const frame of frames) log.add(frame);
  return log;
}

describe('a log of events', () => {
  it('gives each of its followers everything from where it asks', async () => {
    const log = logOf(['a', 'b', 'c']);
    log.end();
    expect(await Promise.all([read(log), read(log, 0), read(log, 2), read(log, 9)])).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
      [],
      [],
    ]);
  });

  it('gives what comes later', async () => {
    const log = logOf(['a']);
    const reading = Promise.all([read(log), read(log, 0)]);
    log.add('b');
    await Promise.resolve();
    log.add('c');
    log.end();
    expect(await reading).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('lets the oldest go when it is full, and numbers on', async () => {
    const log = logOf(['aaaa', 'bbbb', 'cccc'], 8);
    log.end();
    expect([log.next, log.has(-1), log.has(0), await read(log, 0)]).toEqual([3, false, true, ['bbbb', 'cccc']]);
  });

  it('keeps an event that is larger than it may be', () => {
    const log = logOf(['a', 'x'.repeat(200)]);
    expect([log.has(0), log.has(-1)]).toEqual([true, false]);
  });

  it('cuts off a follower that it has overtaken', async () => {
    const log = logOf(['aaaa'], 8);
    const frames = log.follow(-1);
    await frames.next();
    for (const frame of ['bbbb', 'cccc', 'dddd']) log.add(frame);
    await expect(frames.next()).rejects.toMatchObject({ code: 'client_closed_request' });
  });
});
