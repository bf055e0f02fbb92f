import { gatewayError } from '@sluice/contract';
import type { Admission, GatewayError, LedgerIntent, Limiter } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, PRINCIPAL, REFUSED, bodyOf, codeOf, leftovers } from './__fixtures__/bench.js';
import { PASSES, ask, fastBench } from './__fixtures__/fast-bench.js';
import type { Setting } from './__fixtures__/fast-bench.js';
import { saying } from './__fixtures__/scripted-transport.js';
import { snapshotOf } from './__fixtures__/snapshots.js';
import type { Ports } from './ports.js';

describe.for<readonly [string, Setting]>([
  ['passed through', PASSES],
  ['translated', {}],
])('a plain answer that is %s', ([, setting]) => {
  it('reaches the caller, and everything is given back', async () => {
    const bench = fastBench([saying('hello')], setting);
    const answer = await bench.call(ask);
    expect([answer.status, answer.headers['content-type'], bodyOf(answer).includes('"hello"')]).toEqual([
      200,
      'application/json',
      true,
    ]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['succeed']]);
  });

  it('is settled with what it cost', async () => {
    const bench = fastBench([saying('hello')], setting);
    await bench.call(ask);
    const { status, provider, usageSource, outputTokens, errorCode } = bench.seen.records[0] ?? {};
    expect([status, provider, usageSource, outputTokens, errorCode]).toEqual([200, 'a', 'provider', 5, undefined]);
  });
});

function refusing(error: GatewayError): Limiter {
  return { free: () => undefined, admit: () => Promise.reject(error), admitInTurn: () => Promise.reject(error) };
}

describe('what goes upstream', () => {
  it('carries credentials, the trace and its state, and the name of the model there', async () => {
    const bench = fastBench([saying('hello')], PASSES);
    await bench.call({ model: 'fast', say: 'hi' }, { headers: { tracestate: 'vendor=1' } });
    const { headers, body } = bench.transport.requests[0] ?? {};
    expect([headers, Buffer.from(body as Uint8Array).toString()]).toEqual([
      { authorization: 'Bearer up', traceparent: '00-t-s-01', tracestate: 'vendor=1' },
      '{"model":"m","say":"hi"}',
    ]);
  });
});

describe('a provider that speaks the dialect for some models alone', () => {
  it.for([
    ['m', undefined],
    ['other', 'seed=dropped'],
  ] as const)('has bytes passed for one of them (%s) and a translation for the others', async ([passesFor, lost]) => {
    const answer = await fastBench([saying('hello')], { provider: { passes: true, passesFor } }).call({
      ...ask,
      seed: 1,
    });
    expect([answer.status, answer.headers['x-sluice-adjustments']]).toEqual([200, lost]);
  });
});

describe('a call that the provider would misread as it came', () => {
  const picky: Setting = { provider: { passes: true, takes: (wire) => wire['aloud'] === undefined } };

  it('is written anew, and its answer in the form that was asked for', async () => {
    const answer = await fastBench([saying('hello')], picky).call({ ...ask, aloud: true });
    expect([bodyOf(answer), answer.headers['x-sluice-adjustments']]).toEqual([
      expect.stringContaining('"aloud":true'),
      'aloud=emulated',
    ]);
  });

  it('passes where it would not', async () => {
    const bench = fastBench([saying('hello')], picky);
    await bench.call(ask);
    expect(Buffer.from(bench.transport.requests[0]?.body as Uint8Array).toString()).toBe('{"model":"m","say":"hi"}');
  });
});

describe('what comes back', () => {
  it('lists what a provider of another dialect could not be told', async () => {
    const answer = await fastBench([saying('hello')]).call({ ...ask, seed: 1 });
    expect(answer.headers['x-sluice-adjustments']).toBe('seed=dropped');
  });

  it('carries the limits of the key', async () => {
    expect((await fastBench([saying('hello')]).call(ask)).headers['x-ratelimit-remaining-requests']).toBe('9');
  });

  it.for<readonly [string, string]>([
    ['a parameter', '{"model":"fast","\\ud800":1}'],
    ['a model', '{"model":"a/\\ud800"}'],
  ])('stands also where %s holds half a character', async ([, body]) => {
    const bench = fastBench([saying('hello')]);
    expect([(await bench.call(body)).status, leftovers(bench)]).toEqual([200, CLEAN]);
  });
});

describe('a call that is refused before it is accepted', () => {
  it.for<readonly [string, string, Partial<Ports>]>([
    ['while the gateway stops', 'draining', { isRefusing: () => true }],
    [
      'without a key',
      'missing_api_key',
      { authenticator: { authenticate: () => Promise.reject(gatewayError('missing_api_key')) } },
    ],
    ['over its limits', 'rate_limit_exceeded', { limiter: refusing(gatewayError('rate_limit_exceeded')) }],
  ])('%s leaves no row', async ([, code, ports]) => {
    const bench = fastBench([saying('never asked')], { ports });
    expect([codeOf(await bench.call(ask)), leftovers(bench), bench.transport.requests.length]).toEqual([
      code,
      REFUSED,
      0,
    ]);
  });

  it.for<readonly [string, string]>([
    ['invalid_json', '{'],
    ['invalid_type', '[]'],
    ['model_not_found', '{"model":"nobody/m"}'],
  ])('for %s leaves no row', async ([code, body]) => {
    const bench = fastBench([saying('never asked')]);
    expect([codeOf(await bench.call(body)), leftovers(bench)]).toEqual([code, REFUSED]);
  });

  it('for its type leaves its body unread', async () => {
    const bench = fastBench([saying('never asked')]);
    const answer = await bench.call('<xml/>', { headers: { 'content-type': 'text/xml' } });
    expect([codeOf(answer), leftovers(bench)]).toEqual(['unsupported_media_type', REFUSED]);
  });

  it('because the ledger cannot write gives its place back', async () => {
    const ledger = {
      open: () => Promise.reject(gatewayError('storage_unavailable')),
      settle: () => {},
      flush: () => Promise.resolve(),
    };
    const bench = fastBench([saying('never asked')], { ports: { ledger } });
    expect([codeOf(await bench.call(ask)), leftovers(bench), bench.seen.admitted]).toEqual([
      'storage_unavailable',
      REFUSED,
      1,
    ]);
  });

  it('carries the headers that its refusal names', async () => {
    const refusal = gatewayError('rate_limit_exceeded', {
      details: { headers: { 'x-ratelimit-limit-requests': '1' } },
    });
    const bench = fastBench([], { ports: { limiter: refusing(refusal) } });
    expect((await bench.call(ask)).headers['x-ratelimit-limit-requests']).toBe('1');
  });

  it('is not written down a second time where its row went with what was reserved', async () => {
    const rows: LedgerIntent[] = [];
    const admission: Admission = { headers: {}, reservedNanoUsd: 7, isRecorded: true, settle: () => undefined };
    const admit: Limiter['admit'] = async (asking) => {
      rows.push(asking.toRow?.(7) as LedgerIntent);
      return admission;
    };
    const limiter: Limiter = {
      free: () => undefined,
      admit,
      admitInTurn: (asking, _, signal) => admit(asking, signal),
    };
    const bench = fastBench([saying('hello')], { ports: { limiter } });
    await bench.call(ask);
    expect([rows, bench.seen.intents]).toMatchObject([[{ route: '/toy', reservedNanoUsd: 7 }], []]);
    expect(bench.seen.settlements.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it('needs no key inside a process', async () => {
    const authenticator = { authenticate: () => Promise.reject(gatewayError('missing_api_key')) };
    const bench = fastBench([saying('hello')], { ports: { authenticator } });
    expect((await bench.call(ask, { principal: { ...PRINCIPAL, tenant: 'inside' } })).status).toBe(200);
    expect(bench.seen.intents[0]?.tenant).toBe('inside');
  });
});

it('keeps the snapshot that a request began with', async () => {
  const bench = fastBench([saying('hello')]);
  const pending = bench.call(ask);
  const idle = bench.snapshots.swap({ ...bench.snapshots.current, snapshot: snapshotOf([], [], 'v2') });
  const answer = await pending;
  await idle;
  expect([answer.headers['x-sluice-config'], codeOf(await bench.call(ask))]).toEqual(['v1', 'model_not_found']);
});

it('survives a ledger that throws when it settles, and reports it', async () => {
  const broken = new Error('disk');
  const settle = (): void => {
    throw broken;
  };
  const bench = fastBench([saying('hello')], {
    ports: { ledger: { open: () => Promise.resolve(), settle, flush: () => Promise.resolve() } },
  });
  expect([
    (await bench.call(ask)).status,
    bench.seen.internalErrors,
    bench.snapshots.leases,
    bench.seen.released,
  ]).toEqual([200, [broken], 0, 1]);
});

it('follows the default policy where no alias is asked for', async () => {
  const bench = fastBench([{ status: 500 }, saying('never asked')]);
  expect([codeOf(await bench.call({ model: 'a/m' })), bench.transport.requests.length]).toEqual([
    'upstream_invalid_response',
    1,
  ]);
});
