import { EventEmitter } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { untilStopped } from './until-stopped.js';

const forever = new Promise<never>(() => undefined);

/** A gateway that never finishes, on a clock that the test moves. */
function stuckGateway() {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const signals = new EventEmitter();
  const close = vi.fn<() => Promise<void>>(() => forever);
  const running = { url: 'http://127.0.0.1:1', drain: () => forever, close };
  const ended = vi.fn<(code: number) => void>();
  const run = untilStopped(running, { signals, drainTimeoutMs: 30_000 });
  void run.then(ended);
  return { signals, run, ended, close };
}

describe('untilStopped', () => {
  it('takes one Ctrl-C that arrives twice for one', async () => {
    const { signals, ended } = stuckGateway();
    signals.emit('SIGINT');
    signals.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).not.toHaveBeenCalled();
  });

  it('closes at once with a second signal, whatever is in flight', async () => {
    const { signals, run, close } = stuckGateway();
    close.mockResolvedValue(undefined);
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(close).not.toHaveBeenCalled();
    signals.emit('SIGTERM');
    expect(await run).toBe(1);
    expect(close).toHaveBeenCalledOnce();
  });

  it('waits for what cannot be closed a second and a half after the second signal, and no longer', async () => {
    const { signals, run, ended } = stuckGateway();
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(1_000);
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(1_499);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await run).toBe(1);
  });

  it('lets go of the signals when it is over', async () => {
    const { signals, run, close } = stuckGateway();
    close.mockResolvedValue(undefined);
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(1_000);
    signals.emit('SIGINT');
    await run;
    expect([signals.listenerCount('SIGTERM'), signals.listenerCount('SIGINT')]).toEqual([0, 0]);
  });
});
