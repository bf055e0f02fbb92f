import type { ErrorCode, Provider, UpstreamFailure } from '@sluice/contract';
import { gatewayError, isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CANARY } from './suite-subject.js';
import { seededRandom } from './split-chunks.js';

const BODIES = [
  '',
  '{}',
  'null',
  '[]',
  '7',
  '"text"',
  '<html><h1>Bad Gateway</h1></html>',
  '{"error":null}',
  '{"error":"text"}',
  '{"error":[]}',
  '{"error":{"message":5,"type":{},"code":[],"param":7}}',
  '{"error":{"message":"It failed.","type":"server_error","param":null,"code":null}}',
  '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
  '{"message":"It failed."}',
  '{"detail":[{"msg":"It failed."}]}',
  '{"error":{"message":"cut',
  `${'['.repeat(20_000)}`,
];

/** By status alone, whatever the vendor's words. Others are the vendor's business, within the table. */
const CODE_BY_STATUS: readonly (readonly [number, ErrorCode])[] = [
  [400, 'upstream_rejected'],
  [401, 'upstream_auth_error'],
  [403, 'upstream_auth_error'],
  [408, 'upstream_timeout'],
  [422, 'upstream_rejected'],
  [429, 'upstream_rate_limited'],
  [500, 'upstream_invalid_response'],
  [502, 'upstream_invalid_response'],
  [503, 'overloaded'],
  [504, 'upstream_timeout'],
  [529, 'overloaded'],
  [302, 'upstream_invalid_response'],
  [999, 'upstream_invalid_response'],
];

const SENT_AT = 'Mon, 05 Jan 2026 10:00:00 GMT';
const TEN_SECONDS_LATER = 'Mon, 05 Jan 2026 10:00:10 GMT';
const RETRY_AFTER: readonly (readonly [string, number | undefined])[] = [
  ['2', 2_000],
  ['0', 1_000],
  ['-1', 1_000],
  ['999999999', 300_000],
  [TEN_SECONDS_LATER, 10_000],
  ['soon', undefined],
];

/** What `classify` owes: one error of the table for any failure, and no secret in it. */
export function classifyTests(provider: Provider): void {
  describe('classifying failures', () => {
    it.for(CODE_BY_STATUS)('takes a bare %i for %s', ([status, code]) => {
      expect(provider.classify(answered(status, '{}'))).toMatchObject({ code, details: { upstreamStatus: status } });
    });

    it.for(RETRY_AFTER)('reads Retry-After: %s as %s ms', ([header, retryAfterMs]) => {
      const failure = answered(429, '{}', { 'retry-after': header, date: SENT_AT });
      expect(provider.classify(failure).details.retryAfterMs).toBe(retryAfterMs);
    });

    it('leaves an error of the transport as it is', () => {
      const error = gatewayError('upstream_timeout');
      expect(provider.classify({ stage: 'transport', error })).toBe(error);
    });

    it('gives an error of the table for whatever a vendor answers', () => {
      const odd = [...oddFailures()].filter((failure) => !isGatewayError(provider.classify(failure)));
      expect(odd).toEqual([]);
    });

    it.for([400, 401, 403, 404, 429, 500, 503])('keeps a key that a %i quotes to itself', (status) => {
      const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${CANARY}.`, code: 'x' } });
      const { message, details } = provider.classify(answered(status, body));
      expect(JSON.stringify([message, details])).not.toContain(CANARY);
    });

    it("never shows a vendor's page of HTML", () => {
      const { message } = provider.classify(answered(400, '<html><body>nginx</body></html>'));
      expect(message).not.toContain('<');
    });
  });
}

function answered(status: number, body: string, headers: Readonly<Record<string, string>> = {}): UpstreamFailure {
  return { stage: 'status', head: { status, headers }, body: Buffer.from(body) };
}

function* oddFailures(): Generator<UpstreamFailure> {
  for (const body of BODIES) {
    for (const status of [0, 301, 400, 402, 404, 409, 413, 418, 422, 429, 500, 599]) yield answered(status, body);
    yield { stage: 'in-band', frame: { data: body } };
    yield { stage: 'in-band', frame: { event: 'error', data: body } };
  }
  const random = seededRandom(1);
  for (let i = 0; i < 200; i += 1) {
    const body = Uint8Array.from({ length: 40 }, () => Math.floor(random() * 256));
    yield { stage: 'status', head: { status: 300 + Math.floor(random() * 300), headers: {} }, body };
    yield { stage: 'in-band', frame: { data: Buffer.from(body).toString() } };
  }
}
