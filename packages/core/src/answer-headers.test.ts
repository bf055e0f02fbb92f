import type { Adjustment } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { answerHeaders } from './answer-headers.js';
import { Call } from './call.js';

function headersOf(change: (call: Call) => void = () => {}): Record<string, string> {
  const received = {
    requestId: 'req-1',
    headers: {},
    trace: { traceId: 't', spanId: 's', traceparent: 'p' },
    signal: new AbortController().signal,
    readBody: () => Promise.resolve(new Uint8Array()),
  };
  const call = new Call(received, '/toy', { clock: createManualClock(), onInternalError: () => {} });
  change(call);
  return answerHeaders(call, 'v1');
}
const adjustmentsOf = (adjustments: readonly Adjustment[]): string | undefined =>
  headersOf((call) => (call.adjustments = adjustments))['x-sluice-adjustments'];

describe('the headers of an answer', () => {
  it('are few where nothing is known yet', () => {
    expect(headersOf()).toEqual({ 'x-sluice-config': 'v1', 'x-sluice-overhead-ms': '0.00' });
  });

  it('say how the answer was made', () => {
    const attempt = { provider: 'a', model: 'm', durationMs: 1 };
    const headers = headersOf((call) => {
      call.accepted = true;
      call.served = { provider: 'a', model: 'm' };
      call.attempts.push(attempt, attempt);
      call.cache = 'miss';
    });
    expect(headers).toEqual({
      'x-sluice-config': 'v1',
      'x-sluice-decision': 'req-1',
      'x-sluice-provider': 'a',
      'x-sluice-model': 'm',
      'x-sluice-attempts': '2',
      'x-sluice-cache': 'miss',
      'x-sluice-overhead-ms': '0.00',
    });
  });

  it.for([
    ['模型', '%E6%A8%A1%E5%9E%8B'],
    ['a\r\nset-cookie: x', 'a%0D%0Aset-cookie%3A%20x'],
    ['a\u0000', 'a%00'],
    ['half \ud800', 'half%20%EF%BF%BD'],
    ['gpt-5 mini', 'gpt-5 mini'],
  ] as const)('write the model %j so that a header can hold it', ([model, written]) => {
    expect(headersOf((call) => (call.served = { provider: 'a', model }))['x-sluice-model']).toBe(written);
  });

  it('name each adjustment', () => {
    const adjustments: Adjustment[] = [
      { parameter: 'seed', action: 'dropped' },
      { parameter: 'größe', action: 'changed' },
    ];
    expect(adjustmentsOf(adjustments)).toBe('seed=dropped, gr%C3%B6%C3%9Fe=changed');
  });

  it('count the adjustments that are too many to name', () => {
    const many = Array.from({ length: 40 }, (_, i): Adjustment => ({ parameter: `p${i}`, action: 'dropped' }));
    const text = adjustmentsOf(many) ?? '';
    expect([text.split(', ').length, text.endsWith('p31=dropped, and 8 more')]).toEqual([33, true]);
  });

  it('cut a long name, and hold also a character that the cut has halved', () => {
    const text = adjustmentsOf([{ parameter: `${'x'.repeat(63)}😀`, action: 'dropped' }]);
    expect(text).toBe(`${'x'.repeat(63)}%EF%BF%BD=dropped`);
  });
});
