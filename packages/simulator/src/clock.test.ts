import { describe, expect, it } from 'vitest';
import { chat, message, post, simulate } from './testing/client.js';
import { faultRules } from './faults/fault-rules.js';
import { wait, type SimulatorClock } from './clock.js';

/** A clock that is at once where it was asked to wait for. */
function hastyClock(): SimulatorClock {
  let elapsedMs = 0;
  return {
    now: () => 1_700_000_000_000 + elapsedMs,
    monotonic: () => elapsedMs,
    after(ms, run) {
      elapsedMs += ms;
      queueMicrotask(run);
      return () => {};
    },
  };
}

describe('a simulator with a clock of its own', () => {
  it('waits by it', async () => {
    const clock = hastyClock();
    const faults = faultRules.parse([{ fault: { kind: 'slow-headers', ms: 600_000 } }]);
    const simulator = await simulate({ clock, faults });
    expect((await post(simulator, chat('echo'))).status).toBe(200);
    expect(simulator.requests.map(({ openedAtMs, closedAtMs }) => [openedAtMs, closedAtMs])).toEqual([[0, 600_000]]);
  });

  it('ends a fault by it', async () => {
    const clock = hastyClock();
    const faults = faultRules.parse([{ forMs: 60_000, fault: { kind: 'status', status: 503 } }]);
    const simulator = await simulate({ clock, faults });
    const before = (await post(simulator, chat('echo'))).status;
    clock.after(60_000, () => {});
    expect([before, (await post(simulator, chat('echo'))).status]).toEqual([503, 200]);
  });

  it('tells dates by it', async () => {
    const fault = { kind: 'status', status: 429, retryAfter: { form: 'date', ms: 2_000 } };
    const simulator = await simulate({ clock: hastyClock(), faults: faultRules.parse([{ fault }]) });
    const told = (await post(simulator, chat('echo'))).headers.get('retry-after') ?? '';
    expect(Date.parse(told)).toBe(1_700_000_002_000);
  });
});

describe('wait', () => {
  it('ends with the reason of the signal, and cancels its timer', async () => {
    const leaving = new AbortController();
    let cancelled = 0;
    const clock = { ...hastyClock(), after: () => () => void (cancelled += 1) };
    const waiting = wait(clock, 1_000, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(wait(clock, 1_000, leaving.signal)).rejects.toThrow('gone');
    expect(cancelled).toBe(1);
  });
});

describe('a simulator that has any model', () => {
  const wires = [
    ['/v1/chat/completions', chat('nobody-1')],
    ['/v1/messages', message('nobody-1')],
    ['/v1beta/models/nobody-1:generateContent', { contents: [{ role: 'user', parts: [{ text: 'Hello there' }] }] }],
    ['/v2/chat', chat('nobody-1')],
    ['/model/nobody-1/converse', { messages: [{ role: 'user', content: [{ text: 'Hello there' }] }] }],
  ] as const;

  it.for(wires)('answers at %s', async ([path, body]) => {
    const response = await post(await simulate({ anyModel: true }), body, { path });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Hello there')]);
  });

  it.for(wires)('is not what stands at %s by itself', async ([path, body]) => {
    expect((await post(await simulate(), body, { path })).ok).toBe(false);
  });
});
