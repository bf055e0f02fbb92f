import { gatewayError } from '@sluice/contract';
import type { IdempotencyClaim, IdempotentRequest, KeptAnswer } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath } from './__fixtures__/temporary-path.js';
import { IdempotentRequests, idempotencySettings } from './index.js';

const DAY_MS = 86_400_000;
const never = new AbortController().signal;
const REQUEST: IdempotentRequest = { tenant: 't', keyId: 'k', key: 'one', parts: ['POST', '/v1/x', '{"a":1}'] };
const ANSWER: KeptAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{\n "text": "ü\\n" }',
};

const AWAY = new Error('away');
const FULL = gatewayError('storage_unavailable', { details: { isFull: true } });

function open({
  path = temporaryPath(),
  clock = createManualClock(),
  maxAnswerBytes = 1_000,
  failing = 0,
  failure = AWAY,
} = {}) {
  const store = openSqliteStore({ path });
  onTestFinished(() => store.close());
  const errors: unknown[] = [];
  let tokens = 0;
  const entries = store.entries({ clock, maxBytes: 1_000_000 });
  let failures = failing;
  const replace: typeof entries.replace = (...args) =>
    (failures -= 1) >= 0 ? Promise.reject(failure) : entries.replace(...args);
  const requests = new IdempotentRequests({
    store: { ...entries, replace },
    clock,
    newToken: () => `${path}${(tokens += 1)}`,
    rules: () => ({ ttlMs: DAY_MS, maxAnswerBytes }),
    onError: (cause) => errors.push(cause),
  });
  return { requests, clock, store, errors, path };
}

const isClaim = (found: KeptAnswer | IdempotencyClaim): found is IdempotencyClaim => 'keep' in found;

async function claimed(requests: IdempotentRequests, request = REQUEST): Promise<IdempotencyClaim> {
  const found = await requests.claim(request, never);
  if (!isClaim(found)) throw new Error('It was answered before.');
  return found;
}

async function replayed(requests: IdempotentRequests, request = REQUEST) {
  const found = await requests.claim(request, never);
  if (isClaim(found)) throw new Error('It was not answered before.');
  return { ...found, body: Buffer.from(found.body).toString() };
}

describe('a claim that its store has lost', () => {
  it('is told of, once, and its own caller is answered', async () => {
    const { requests, clock, errors, path } = open();
    const claim = await claimed(requests);
    // One that has room for nothing: the oldest goes.
    const other = openSqliteStore({ path });
    onTestFinished(() => other.close());
    await other.entries({ clock, maxBytes: 1 }).putIfAbsent('k', { value: Uint8Array.of(1), ttlMs: DAY_MS }, never);
    for (let ms = 0; ms < 60_000; ms += 10_000) {
      clock.advance(10_000);
      await new Promise(setImmediate);
    }
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('lost the claim') as string })]);
    await claim.keep(ANSWER);
    expect(errors).toHaveLength(1);
  });
});

describe('a request with a key of its own', () => {
  it('is answered again with the same bytes, for a day and over a restart', async () => {
    const first = open();
    await (await claimed(first.requests)).keep(ANSWER);
    first.store.close();
    const { requests, clock } = open({ path: first.path, clock: first.clock });
    clock.advance(DAY_MS - 1);
    expect(await replayed(requests)).toEqual(ANSWER);
    clock.advance(1);
    expect(isClaim(await requests.claim(REQUEST, never))).toBe(true);
  });

  it('is answered again also where the store was away just when the answer came', async () => {
    const { requests, clock, errors } = open({ failing: 3 });
    await (await claimed(requests)).keep(ANSWER);
    for (let again = 0; again < 3; again += 1) {
      await expect(requests.claim(REQUEST, never)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
      clock.advance(500);
      await new Promise(setImmediate);
    }
    expect(await replayed(requests)).toEqual(ANSWER);
    expect(errors).toHaveLength(1);
  });

  it('is no more told of an answer that no store takes, before its claim may be over', async () => {
    const { requests, clock } = open({ failing: Number.POSITIVE_INFINITY });
    await (await claimed(requests)).keep(ANSWER);
    for (let again = 0; again < 60; again += 1) {
      clock.advance(500);
      await new Promise(setImmediate);
    }
    expect([isClaim(await requests.claim(REQUEST, never)), clock.pending]).toEqual([true, 1]);
  });

  it('is carried out anew at once where the store had no room for the answer, which is not told to it again', async () => {
    const { requests, clock, errors } = open({ failing: 1, failure: FULL });
    await (await claimed(requests)).keep(ANSWER);
    expect([clock.pending, errors]).toEqual([0, [FULL]]);
    await (await claimed(requests)).keep(ANSWER);
    expect(await replayed(requests)).toEqual(ANSWER);
    await requests.idle();
  });

  it('is in progress for the others as long as one carries it out, however long that takes', async () => {
    const { requests, clock, path } = open();
    const claim = await claimed(requests);
    const other = open({ path, clock }).requests;
    for (let minute = 0; minute < 5; minute += 1) {
      for (let at = 0; at < 6; at += 1) {
        clock.advance(10_000);
        // A renewal takes some turns.
        await new Promise(setImmediate);
      }
      await expect(other.claim(REQUEST, never)).rejects.toMatchObject({
        code: 'idempotency_in_progress',
        details: { retryAfterMs: 1_000 },
      });
    }
    await claim.keep(ANSWER);
    expect((await replayed(other)).status).toBe(200);
  });

  it('is free again 30 s after its process has died, and what that one would still keep is not kept', async () => {
    const { requests, path, clock, store } = open();
    const late = await claimed(requests);
    store.close();
    const { requests: other } = open({ path, clock });
    await new Promise(setImmediate);
    clock.advance(29_999);
    await expect(other.claim(REQUEST, never)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    clock.advance(1);
    const claim = await claimed(other);
    await late.keep({ ...ANSWER, status: 201 });
    await claim.keep(ANSWER);
    expect((await replayed(other)).status).toBe(200);
  });

  it.each([
    ['another body', { parts: ['POST', '/v1/x', '{"a":2}'] }],
    ['another path', { parts: ['POST', '/v1/y', '{"a":1}'] }],
    ['the same text cut elsewhere', { parts: ['POST', '/v1/x{', '"a":1}'] }],
  ])('is refused with %s, while it runs and afterwards', async (_, changed) => {
    const { requests } = open();
    const claim = await claimed(requests);
    const asked = () => requests.claim({ ...REQUEST, ...changed }, never);
    await expect(asked()).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await claim.keep(ANSWER);
    await expect(asked()).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it.each([
    ['tenant', { tenant: 'u' }],
    ['API key', { keyId: 'l' }],
    ['tenant whose name runs into the key', { tenant: 't","k', keyId: '' }],
  ])('is not found by another %s', async (_, whose) => {
    const { requests } = open();
    await (await claimed(requests)).keep(ANSWER);
    expect(isClaim(await requests.claim({ ...REQUEST, ...whose }, never))).toBe(true);
  });

  it('may be carried out anew when it is given back, or its answer is too large', async () => {
    const { requests } = open({ maxAnswerBytes: 3 });
    (await claimed(requests)).release();
    const second = await claimed(requests);
    await second.keep({ ...ANSWER, body: 'äa!' });
    const third = await claimed(requests);
    await third.keep({ ...ANSWER, body: 'äa' });
    expect((await replayed(requests)).body).toBe('äa');
  });

  it('keeps the first answer alone', async () => {
    const { requests } = open();
    const claim = await claimed(requests);
    await claim.keep(ANSWER);
    claim.release();
    await claim.keep({ ...ANSWER, status: 500 });
    expect((await replayed(requests)).status).toBe(200);
  });

  it('is refused where nobody can look, and that is reported', async () => {
    const { requests, store, errors } = open();
    store.close();
    await expect(requests.claim(REQUEST, never)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(errors).toHaveLength(1);
  });

  it('reports an answer that could not be kept, and does not fail', async () => {
    const { requests, store, errors } = open();
    const claim = await claimed(requests);
    store.close();
    await claim.keep(ANSWER);
    expect(errors).toHaveLength(1);
    await requests.idle();
  });
});

describe('requests that go on', () => {
  it('are waited for, and can be told to end', async () => {
    const { requests } = open();
    await requests.idle();
    const claims = [await claimed(requests), await claimed(requests, { ...REQUEST, key: 'two' })];
    const order: string[] = [];
    const idle = requests.idle().then(() => order.push('idle'));
    const reason = new Error('over');
    requests.stop(reason);
    expect(claims.map(({ signal }) => signal.reason as unknown)).toEqual([reason, reason]);
    await claims[0]?.keep(ANSWER);
    order.push('kept');
    claims[1]?.release();
    await idle;
    expect(order).toEqual(['kept', 'idle']);
  });
});

describe('the settings', () => {
  it('keep answers of up to 8 MiB for a day unless told otherwise', () => {
    expect(idempotencySettings.parse({})).toEqual({
      enabled: true,
      ttl: DAY_MS,
      maxAnswerBytes: 8_388_608,
      maxBytes: 1_073_741_824,
      onStoreFailure: 'reject',
    });
  });

  it.each([{ ttl: '24' }, { ttl: '0h' }, { ttl: '30s' }, { maxAnswerBytes: 0 }, { maxAnswerBytes: 1e9 }])(
    'refuse %j',
    (settings) => {
      expect(idempotencySettings.safeParse(settings).success).toBe(false);
    },
  );
});
