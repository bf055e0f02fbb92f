import { describe, expect, it } from 'vitest';
import type { Transport, UpstreamRequest } from '@sluice/contract';
import { DrillClock } from './drill-clock.js';
import { DrillNetwork } from './network.js';
import type { Outage } from './scenario.js';

const options = { connectTimeoutMs: 1_000 };
const { signal } = new AbortController();
const to = (url: string): UpstreamRequest => ({ method: 'POST', url: new URL(url), headers: {} });

function network() {
  const reached: string[] = [];
  const inner: Transport = {
    send(request) {
      reached.push(request.url.href);
      return Promise.reject(new Error('nobody there'));
    },
  };
  const clock = new DrillClock(0);
  const names = new Map([['http://127.0.0.1:4001', 'a']]);
  const made = new DrillNetwork({ inner, clock, names, nowhere: 'http://127.0.0.1:1' });
  const failure = async (url: string, leaving = signal): Promise<unknown> => {
    const failed = made.send(to(url), options, leaving).catch((cause: unknown) => cause);
    await clock.drive(failed, 10_000);
    return failed;
  };
  return {
    clock,
    reached,
    failure,
    stray: () => made.stray,
    strike: (outage: Outage) => made.strike(new Set(['a']), outage),
  };
}

describe('the network of a drill', () => {
  it('leads to no one but stand-ins', async () => {
    const { failure, reached, stray } = network();
    expect(await failure('https://api.openai.com/v1/chat/completions')).toMatchObject({
      message: 'A drill calls no one but stand-ins.',
    });
    expect([reached, stray()]).toEqual([[], 'https://api.openai.com']);
  });

  it('sends what is refused to a port at which nobody listens', async () => {
    const { failure, reached, strike } = network();
    strike({ how: 'refused' });
    await failure('http://127.0.0.1:4001/v1/x');
    expect(reached).toEqual(['http://127.0.0.1:1/v1/x']);
  });

  it('lets a black hole take the whole time that a connection may', async () => {
    const { failure, reached, clock, strike } = network();
    strike({ how: 'black-hole' });
    expect(await failure('http://127.0.0.1:4001/')).toMatchObject({ code: 'upstream_timeout' });
    expect([clock.monotonic(), reached]).toEqual([1_000, []]);
  });

  it('lets who waits for a black hole go', async () => {
    const { failure, strike } = network();
    strike({ how: 'black-hole' });
    const leaving = new AbortController();
    const failed = failure('http://127.0.0.1:4001/', leaving.signal);
    leaving.abort(new Error('gone'));
    expect(await failed).toMatchObject({ message: 'gone' });
  });

  it('finds no address', async () => {
    const { failure, strike } = network();
    strike({ how: 'no-address' });
    expect(await failure('http://127.0.0.1:4001/')).toMatchObject({ code: 'upstream_connection_error' });
  });

  it('is well again after its time, and every other while where it flaps', async () => {
    const down = async (outage: Outage) => {
      const { failure, reached, clock, strike } = network();
      strike(outage);
      for (let count = 0; count < 4; count += 1) {
        await failure('http://127.0.0.1:4001/');
        await clock.drive(clock.until(clock.monotonic() + 100), 100);
      }
      return reached.map((url) => url.startsWith('http://127.0.0.1:1/'));
    };
    expect(await down({ how: 'refused', forMs: 200 })).toEqual([true, true, false, false]);
    expect(await down({ how: 'refused', flapMs: 100 })).toEqual([true, false, true, false]);
  });
});
