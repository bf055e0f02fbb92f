import { describe, expect, it } from 'vitest';
import { requestLine } from './request-line.js';
import { sampleRecord, unservedRecord } from './testing/sample-record.js';

const parse = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;
const HOSTILE = [
  'x\r\n{"level":"info","msg":"request","status":200}',
  '\u001b[2J\u009b2J',
  '%s%n%d',
  'a"b\\c',
  'a\u2028b\u2029c',
  '\u202egnp.exe',
  '\ud800',
];

describe('requestLine', () => {
  it('writes the public fields in their public order', () => {
    const record = sampleRecord({ errorCode: 'upstream_timeout', cache: 'miss', costMicroUsd: 15, firstTokenMs: 3 });
    expect(Object.keys(parse(requestLine(record))).join(' ')).toBe(
      'time level msg requestId traceId spanId tenant key model provider route attempts status ' +
        'errorCode inputTokens outputTokens cachedTokens costUsd cache firstTokenMs durationMs overheadMs',
    );
  });

  it('writes the values of the record in the units of the names', () => {
    expect(parse(requestLine(sampleRecord({ costMicroUsd: 15, firstTokenMs: 3.14159 })))).toEqual({
      time: 1_700_000_000_040,
      level: 'info',
      msg: 'request',
      requestId: 'req_1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      tenant: 'default',
      key: 'ci',
      model: 'gpt-5-mini',
      provider: 'openai',
      route: '/v1/chat/completions',
      attempts: 1,
      status: 200,
      inputTokens: 20,
      outputTokens: 5,
      cachedTokens: 4,
      costUsd: 0.000015,
      firstTokenMs: 3.14,
      durationMs: 12.35,
      overheadMs: 0.4,
    });
  });

  it('names the request as its ledger row does, and next to it as its caller did', () => {
    const fields = Object.entries(parse(requestLine(sampleRecord({ clientRequestId: 'mine' }))));
    expect(fields.slice(3, 5)).toEqual([
      ['requestId', 'req_1'],
      ['clientRequestId', 'mine'],
    ]);
  });

  it('names the model that was asked for when none answered', () => {
    expect(parse(requestLine(unservedRecord()))).toMatchObject({ model: 'fast', attempts: 0 });
  });

  it.each([
    [200, 'info'],
    [404, 'warn'],
    [499, 'warn'],
    [503, 'error'],
  ])('gives status %d the level %s', (status, level) => {
    expect(parse(requestLine(sampleRecord({ status })))['level']).toBe(level);
  });

  it.each(HOSTILE)('stays one printable line with the model name %j', (model) => {
    const line = requestLine(sampleRecord({ model, keyName: model, tenant: model }));
    expect(line).toMatch(/^\{[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*\}\n$/u);
  });

  it.each(HOSTILE)('gives back the model name %j to a reader of JSON', (model) => {
    expect(parse(requestLine(sampleRecord({ model })))).toMatchObject({ model, status: 200 });
  });

  it('stays JSON where a measure is not a number', () => {
    const record = sampleRecord({ durationMs: Number.NaN, inputTokens: Number.POSITIVE_INFINITY });
    expect(parse(requestLine(record))).toMatchObject({ durationMs: null, inputTokens: null, outputTokens: 5 });
  });

  it('says how many attempts went on with an answer that another had begun', () => {
    const one = { provider: 'a', model: 'm', durationMs: 1 };
    const line = requestLine(sampleRecord({ attempts: [one, { ...one, continues: true }] }));
    expect(parse(line)).toMatchObject({ attempts: 2, continuations: 1 });
    expect(parse(requestLine(sampleRecord({ attempts: [one, one] })))).not.toHaveProperty('continuations');
  });

  it('cuts a name that is longer than any real one', () => {
    expect(requestLine(sampleRecord({ model: 'm'.repeat(100_000) })).length).toBeLessThan(1_000);
  });
});
