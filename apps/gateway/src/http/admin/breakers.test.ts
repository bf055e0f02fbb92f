import { breakerSettings, createCircuits } from '@sluice/breaker';
import { gatewayError } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import { createBreakerRoutes } from './breakers.js';

function setUp() {
  const logged: unknown[] = [];
  const circuits = createCircuits(breakerSettings.parse({}), { clock: createManualClock() });
  const routes = createBreakerRoutes({
    circuits,
    hasProvider: (name) => name === 'a',
    hasKey: (_, key) => key < 2,
    log: { warn: (message, fields) => logged.push([message, fields?.['target'], fields?.['requestId']]) },
  });
  return { circuits, routes, logged };
}

const at = (target: string, key = 0) => ({ target, key: `a#${key}`, keyAtTarget: `${target}#${key}` });

describe('/admin/v1/breakers', () => {
  it('is for who may', () => {
    expect(setUp().routes.map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'GET /admin/v1/breakers breakers:read',
      'POST /admin/v1/breakers/{target}/open breakers:write',
      'POST /admin/v1/breakers/{target}/reset breakers:write',
    ]);
  });

  it('lists the circuits by their targets, and lets nobody keep the list', async () => {
    const { circuits, routes } = setUp();
    circuits.forceOpen('a/m2');
    circuits.admit(at('a/m1'));
    const answer = await ask(routes, 'listBreakers');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(bodyOf(answer)).toEqual({
      data: [
        { target: 'a/m1', of: 'target', state: 'closed', failures: 0, retryAfterMs: 0, forced: false },
        { target: 'a/m2', of: 'target', state: 'open', failures: 0, retryAfterMs: null, forced: true },
      ],
    });
  });

  it('leaves a target out until it is reset, and logs both', async () => {
    const { circuits, routes, logged } = setUp();
    const params = { target: 'a/org/model' };
    const opened = bodyOf(await ask(routes, 'openBreaker', { params }));
    expect([opened, circuits.admit(at('a/org/model'))]).toEqual([
      { target: 'a/org/model', of: 'target', state: 'open', failures: 0, retryAfterMs: null, forced: true },
      undefined,
    ]);
    const reset = bodyOf(await ask(routes, 'resetBreaker', { params }));
    expect(reset).toEqual({
      target: 'a/org/model',
      of: 'target',
      state: 'closed',
      failures: 0,
      retryAfterMs: 0,
      forced: false,
    });
    expect(circuits.admit(at('a/org/model'))).toBeDefined();
    expect(logged).toEqual([
      ['circuit forced open', 'a/org/model', 'req-test'],
      ['circuit reset', 'a/org/model', 'req-test'],
    ]);
  });

  it('resets what nobody asked for, and makes no circuit of it', async () => {
    const { circuits, routes } = setUp();
    expect(bodyOf(await ask(routes, 'resetBreaker', { params: { target: 'a/m' } }))).toMatchObject({ state: 'closed' });
    expect(circuits.list()).toEqual([]);
  });

  it('lists a key that was refused, and takes it back at once', async () => {
    const { circuits, routes } = setUp();
    circuits.admit(at('a/m', 1))?.fail(gatewayError('upstream_auth_error', { details: { upstreamStatus: 401 } }));
    expect(circuits.admit(at('a/m', 1))).toBeUndefined();
    expect(bodyOf(await ask(routes, 'listBreakers'))).toMatchObject({
      data: [
        { target: 'a#1', of: 'key', state: 'open', failures: 1, retryAfterMs: 60_000, forced: false },
        { target: 'a/m', of: 'target', state: 'closed' },
      ],
    });
    const reset = bodyOf(await ask(routes, 'resetBreaker', { params: { target: 'a#1' } }));
    expect(reset).toEqual({ target: 'a#1', of: 'key', state: 'closed', failures: 0, retryAfterMs: 0, forced: false });
    expect(circuits.admit(at('a/m', 1))).toBeDefined();
  });

  it('leaves a key out at one model or at all of them, for who has nobody else to ask too', async () => {
    const { circuits, routes } = setUp();
    await ask(routes, 'openBreaker', { params: { target: 'a/m#0' } });
    await ask(routes, 'openBreaker', { params: { target: 'a#1' } });
    const admitted = ['a/m', 'a/m2'].flatMap((target) => [0, 1].map((key) => !!circuits.admit(at(target, key), true)));
    expect(admitted).toEqual([false, false, true, false]);
    await ask(routes, 'resetBreaker', { params: { target: 'a/m#0' } });
    expect(circuits.admit(at('a/m', 0))).toBeDefined();
  });

  it.each(['', 'a', 'a/', '/m', 'b/m', '__proto__/m', '#0', 'a#2', 'a/m#2', 'b#0', 'a#', 'a#x'])(
    'knows no target %j, and changes nothing',
    async (target) => {
      const { circuits, routes, logged } = setUp();
      for (const operation of ['openBreaker', 'resetBreaker']) {
        await expect(ask(routes, operation, { params: { target } })).rejects.toMatchObject({ code: 'not_found' });
      }
      expect([circuits.list(), logged]).toEqual([[], []]);
    },
  );
});
