import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, Outcome, PriceUse } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, vi } from 'vitest';
import { Call } from './call.js';
import { recordOf } from './call-record.js';

const COMPLETED: Outcome = { kind: 'completed' };

function openCall(signal: AbortSignal = new AbortController().signal, priceUse?: PriceUse) {
  const clock = createManualClock();
  const received = {
    requestId: 'req-1',
    headers: {},
    trace: { traceId: 't', spanId: 's', traceparent: 'p' },
    signal,
    readBody: () => Promise.resolve(new Uint8Array()),
  };
  const call = new Call(received, '/toy', { clock, onInternalError: () => {}, ...(priceUse ? { priceUse } : {}) });
  return { call, clock };
}

describe('the record of a call', () => {
  it('holds zeros and no names where nothing is known yet', () => {
    const { call } = openCall();
    expect(recordOf(call, { kind: 'failed', error: gatewayError('missing_api_key') })).toMatchObject({
      id: 'req-1',
      keyId: '',
      status: 401,
      errorCode: 'missing_api_key',
      attempts: [],
      inputTokens: 0,
      outputTokens: 0,
      usageSource: 'unknown',
    });
  });

  it('has status 499 where the caller left, whatever head it got', () => {
    const { call } = openCall();
    call.status = 200;
    const { status, errorCode } = recordOf(call, { kind: 'client-gone' });
    expect([status, errorCode]).toEqual([499, 'client_closed_request']);
  });

  it('keeps the status of a head that was sent before a failure', () => {
    const { call } = openCall();
    call.status = 200;
    const { status, errorCode } = recordOf(call, { kind: 'failed', error: gatewayError('upstream_truncated') });
    expect([status, errorCode]).toEqual([200, 'upstream_truncated']);
  });

  it('measures how long the gateway itself took, once', () => {
    const { call, clock } = openCall();
    clock.advance(10);
    call.beginWait();
    clock.advance(90);
    call.endWait();
    call.endWait();
    const head = call.overheadMs();
    clock.advance(1_000);
    const { overheadMs, durationMs } = recordOf(call, COMPLETED);
    expect([head, overheadMs, durationMs]).toEqual([10, 10, 1_100]);
  });

  it('is not disturbed by a wall clock that steps back', () => {
    const { call, clock } = openCall();
    clock.advance(50);
    clock.stepWallClock(-3_600_000);
    expect(recordOf(call, COMPLETED).durationMs).toBe(50);
  });
});

describe('the usage of a call', () => {
  const usage = { inputTokens: 10, outputTokens: 2, cachedInputTokens: 4 };
  const stop = { unified: 'stop' } as const;
  const counted = (summary: AnswerSummary | undefined, stream: boolean) => {
    const { call } = openCall();
    call.summary = summary;
    call.stream = stream;
    call.bodyBytes = 81;
    const { inputTokens, outputTokens, cachedTokens, usageSource } = recordOf(call, COMPLETED);
    return [inputTokens, outputTokens, cachedTokens, usageSource];
  };

  it('is what the provider says', () => {
    expect(counted({ usage, finish: stop, outputChars: 4_000 }, true)).toEqual([10, 2, 4, 'provider']);
  });

  it('is what the provider says of a plain answer without a finish, such as embeddings', () => {
    expect(counted({ usage, outputChars: 4_000 }, false)).toEqual([10, 2, 4, 'provider']);
  });

  it('is estimated where the provider says nothing', () => {
    expect(counted({ finish: stop, outputChars: 9 }, true)).toEqual([21, 3, 0, 'estimated']);
  });

  it('is estimated where a stream was cut and more came than was counted by then', () => {
    expect(counted({ usage, outputChars: 400 }, true)).toEqual([10, 100, 4, 'estimated']);
  });

  it('is what the provider counted by then where a cut stream brought less', () => {
    expect(counted({ usage, outputChars: 4 }, true)).toEqual([10, 2, 4, 'provider']);
  });

  it('is unknown where nothing came', () => {
    expect([counted(undefined, true), counted({ outputChars: 0 }, false)]).toEqual([
      [0, 0, 0, 'unknown'],
      [0, 0, 0, 'unknown'],
    ]);
  });
});

describe('a text that is read aloud', () => {
  const prices = [{ picoUsd: { character: 3 } }];
  const priceUse = vi.fn<PriceUse>(({ usage }) => BigInt(usage.characters ?? 0) * 3n);

  function costOf(summary: AnswerSummary | undefined): unknown {
    const { call } = openCall(undefined, priceUse);
    call.served = {
      provider: 'p',
      model: 'm',
      facts: { modes: [], can: new Set(), cannot: new Set(), efforts: [], prices },
    };
    call.characters = 5;
    call.summary = summary;
    return [call.cost(), recordOf(call, COMPLETED).usageSource];
  }

  it('is counted where the provider says nothing', () => expect(costOf({})).toEqual([15n, 'counted']));

  it('is not where it counts itself', () => {
    expect(costOf({ usage: { inputTokens: 1, outputTokens: 1 } })).toEqual([0n, 'provider']);
  });

  it('costs nothing where nobody read it', () => expect(costOf(undefined)).toEqual([undefined, 'unknown']));
});

describe('the outcome of a call', () => {
  it('is the failure that it was', () => {
    const error = gatewayError('upstream_timeout');
    expect(openCall().call.outcomeOf(error)).toEqual({ kind: 'failed', error });
  });

  it('is the leaving of the caller, whatever broke because of it', () => {
    const { call } = openCall(AbortSignal.abort(gatewayError('client_closed_request')));
    expect(call.outcomeOf(new Error('socket'))).toEqual({ kind: 'client-gone' });
  });

  it('is the stop of the gateway, whatever broke because of it', () => {
    const error = gatewayError('draining');
    expect(openCall(AbortSignal.abort(error)).call.outcomeOf(new Error('socket'))).toEqual({ kind: 'failed', error });
  });
});
