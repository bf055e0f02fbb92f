import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { AttemptDeadline } from './attempt-deadline.js';

function open(parent: AbortSignal = new AbortController().signal) {
  const clock = createManualClock();
  return { clock, deadline: new AttemptDeadline(clock, parent) };
}
const reasonOf = ({ signal }: AttemptDeadline): unknown =>
  isGatewayError(signal.reason) ? `${signal.reason.code}: ${signal.reason.message}` : signal.reason;

describe('the signal of an attempt', () => {
  it('follows that of the caller, with its reason', () => {
    const caller = new AbortController();
    const { deadline } = open(caller.signal);
    const reason = gatewayError('client_closed_request');
    caller.abort(reason);
    expect(deadline.signal.reason).toBe(reason);
  });

  it('is aborted from the start where the caller has left before', () => {
    const reason = gatewayError('draining');
    expect(open(AbortSignal.abort(reason)).deadline.signal.reason).toBe(reason);
  });

  it('aborts at its deadline and not before', () => {
    const { clock, deadline } = open();
    deadline.arm(100, 'Too late.');
    clock.advance(99);
    const before = deadline.signal.aborted;
    clock.advance(1);
    expect([before, reasonOf(deadline)]).toEqual([false, 'upstream_timeout: Too late.']);
  });

  it('has one deadline at a time', () => {
    const { clock, deadline } = open();
    deadline.arm(100, 'First.');
    deadline.arm(200, 'Second.');
    clock.advance(199);
    expect([deadline.signal.aborted, clock.pending]).toEqual([false, 1]);
  });

  it('leaves nothing behind when it is disposed of', () => {
    const caller = new AbortController();
    const { clock, deadline } = open(caller.signal);
    deadline.arm(100, 'Too late.');
    deadline.dispose();
    caller.abort();
    clock.advance(1_000);
    expect([deadline.signal.aborted, clock.pending]).toEqual([false, 0]);
  });
});

describe('a watched stream', () => {
  const watched = (idleMs: number | undefined = 100, leftMs = 1_000) => {
    const { clock, deadline } = open();
    deadline.watch({ idleMs, leftMs });
    deadline.resume();
    return { clock, deadline };
  };

  it('may be silent for its idle time and no longer', () => {
    const { clock, deadline } = watched();
    clock.advance(99);
    const before = deadline.signal.aborted;
    clock.advance(1);
    expect([before, reasonOf(deadline)]).toEqual([false, 'upstream_timeout: The provider fell silent mid-answer.']);
  });

  it('lives as long as it comes forward', () => {
    const { clock, deadline } = watched();
    for (let i = 0; i < 8; i += 1) {
      clock.advance(90);
      deadline.touch();
    }
    expect([deadline.signal.aborted, clock.pending]).toEqual([false, 1]);
  });

  it('ends with its total time, however lively', () => {
    const { clock, deadline } = watched();
    for (let i = 0; i < 20; i += 1) {
      clock.advance(50);
      deadline.touch();
    }
    expect(reasonOf(deadline)).toBe('upstream_timeout: The answer took longer than its total time.');
  });

  it('needs no idle time', () => {
    const { clock, deadline } = open();
    deadline.watch({ idleMs: undefined, leftMs: 1_000 });
    deadline.resume();
    clock.advance(999);
    const before = deadline.signal.aborted;
    clock.advance(1);
    expect([before, deadline.signal.aborted]).toEqual([false, true]);
  });

  it('does not take a slow reader for a silent provider', () => {
    const { clock, deadline } = watched();
    clock.advance(60);
    deadline.rest();
    clock.advance(500);
    deadline.resume();
    clock.advance(39);
    const before = deadline.signal.aborted;
    clock.advance(1);
    expect([before, deadline.signal.aborted]).toEqual([false, true]);
  });

  it('starts at rest', () => {
    const { clock, deadline } = open();
    deadline.watch({ idleMs: 100, leftMs: 1_000 });
    clock.advance(900);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('ends with its total time also at rest', () => {
    const { clock, deadline } = open();
    deadline.watch({ idleMs: 100, leftMs: 1_000 });
    clock.advance(1_000);
    expect(deadline.signal.aborted).toBe(true);
  });

  it('is over at once where no time is left', () => {
    expect(watched(100, 0).deadline.signal.aborted).toBe(true);
  });

  it('replaces the deadline of the head', () => {
    const { clock, deadline } = open();
    deadline.arm(10, 'No head.');
    deadline.watch({ idleMs: 100, leftMs: 1_000 });
    clock.advance(50);
    expect([deadline.signal.aborted, clock.pending]).toEqual([false, 1]);
  });
});

describe('a process that was asleep', () => {
  it('reads what has arrived before it finds a deadline passed', () => {
    const timers: { readonly ms: number; readonly run: () => void }[] = [];
    let nowMs = 0;
    const clock: Clock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      after: (ms, run) => {
        timers.push({ ms, run });
        return () => undefined;
      },
    };
    const deadline = new AttemptDeadline(clock, new AbortController().signal);
    deadline.arm(100, 'Nothing came.');
    nowMs = 2_100;
    timers[0]?.run();
    expect([deadline.signal.aborted, timers[1]?.ms]).toEqual([false, 100]);
    timers[1]?.run();
    expect(deadline.signal.aborted).toBe(true);
  });
});
