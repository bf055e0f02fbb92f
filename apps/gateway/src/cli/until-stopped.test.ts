import { EventEmitter } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { untilStopped } from './until-stopped.js';

const forever = new Promise<never>(() => undefined);

/** A gateway that never finishes, on a clock that the test moves. */
function stuckGateway(isSupervised = false) {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const signals = new EventEmitter();
  const close = vi.fn<() => Promise<void>>(() => forever);
  const reload = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const leave = vi.fn<() => Promise<void>>(() => forever);
  const confine = vi.fn<(cause: unknown) => void>();
  const lasting = { url: 'http://127.0.0.1:1', drainTimeoutMs: 30_000 };
  const running = { ...lasting, drain: () => forever, leave, close, reload, confine };
  const ended = vi.fn<(code: number) => void>();
  const faults = new EventEmitter();
  const tellSupervisor = vi.fn<(message: string) => void>();
  const run = untilStopped(running, { signals, faults, ...(isSupervised && { tellSupervisor }) });
  void run.then(ended);
  return { signals, faults, run, ended, close, reload, leave, confine, tellSupervisor };
}

describe('untilStopped', () => {
  it('takes one Ctrl-C that arrives twice for one', async () => {
    const { signals, ended } = stuckGateway();
    signals.emit('SIGINT');
    signals.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).not.toHaveBeenCalled();
  });

  it('reloads at a SIGHUP, and goes on', async () => {
    const { signals, ended, reload } = stuckGateway();
    signals.emit('SIGHUP');
    signals.emit('SIGHUP');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reload).toHaveBeenCalledTimes(2);
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
    const { signals, faults, run, close } = stuckGateway();
    close.mockResolvedValue(undefined);
    signals.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(1_000);
    signals.emit('SIGINT');
    await run;
    expect([...signals.eventNames(), ...faults.eventNames()]).toEqual([]);
  });

  it('leaves the socket at a SIGUSR2, and ends with 0 when the last connection is gone', async () => {
    const { signals, run, leave, close } = stuckGateway();
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    leave.mockReturnValue(gone);
    close.mockResolvedValue(undefined);
    signals.emit('SIGUSR2');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(close).not.toHaveBeenCalled();
    resolve();
    expect(await run).toBe(0);
  });

  it('goes on after a rejection that nobody handled', async () => {
    const { faults, ended, confine } = stuckGateway();
    const cause = new Error('lost');
    faults.emit('unhandledRejection', cause);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(confine).toHaveBeenCalledExactlyOnceWith(cause);
    expect(ended).not.toHaveBeenCalled();
  });

  it('drains after an exception that nobody caught, and ends with 1', async () => {
    const { faults, run, ended, confine, close } = stuckGateway();
    close.mockResolvedValue(undefined);
    const cause = new Error('thrown');
    faults.emit('uncaughtException', cause);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(confine).toHaveBeenCalledExactlyOnceWith(cause);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await run).toBe(1);
  });

  it('asks its supervisor for another process first, and leaves when that one serves', async () => {
    const { signals, faults, run, leave, close, tellSupervisor } = stuckGateway(true);
    leave.mockResolvedValue(undefined);
    close.mockResolvedValue(undefined);
    faults.emit('uncaughtException', new Error('thrown'));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(tellSupervisor).toHaveBeenCalledOnce();
    expect(leave).not.toHaveBeenCalled();
    signals.emit('SIGUSR2');
    expect(await run).toBe(1);
    expect(leave).toHaveBeenCalledOnce();
  });
});
