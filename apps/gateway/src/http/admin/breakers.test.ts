import { breakerSettings, createCircuits } from '@sluice/breaker';
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
    log: { warn: (message, fields) => logged.push([message, fields?.['target'], fields?.['requestId']]) },
  });
  return { circuits, routes, logged };
}

describe('/admin/v1/breakers', () => {
  it('is for operators alone', () => {
    expect(setUp().routes.map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'GET /admin/v1/breakers operator',
      'POST /admin/v1/breakers/{target}/open operator',
      'POST /admin/v1/breakers/{target}/reset operator',
    ]);
  });

  it('lists the circuits by their targets, and lets nobody keep the list', async () => {
    const { circuits, routes } = setUp();
    circuits.forceOpen('a/m2');
    circuits.admit('a/m1');
    const answer = await ask(routes, 'listBreakers');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(bodyOf(answer)).toEqual({
      data: [
        { target: 'a/m1', state: 'closed', failures: 0, retryAfterMs: 0, forced: false },
        { target: 'a/m2', state: 'open', failures: 0, retryAfterMs: null, forced: true },
      ],
    });
  });

  it('leaves a target out until it is reset, and logs both', async () => {
    const { circuits, routes, logged } = setUp();
    const params = { target: 'a/org/model' };
    const opened = bodyOf(await ask(routes, 'openBreaker', { params }));
    expect([opened, circuits.admit('a/org/model')]).toEqual([
      { target: 'a/org/model', state: 'open', failures: 0, retryAfterMs: null, forced: true },
      undefined,
    ]);
    const reset = bodyOf(await ask(routes, 'resetBreaker', { params }));
    expect(reset).toEqual({ target: 'a/org/model', state: 'closed', failures: 0, retryAfterMs: 0, forced: false });
    expect(circuits.admit('a/org/model')).toBeDefined();
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

  it.each(['', 'a', 'a/', '/m', 'b/m', '__proto__/m'])('knows no target %j, and changes nothing', async (target) => {
    const { circuits, routes, logged } = setUp();
    for (const operation of ['openBreaker', 'resetBreaker']) {
      await expect(ask(routes, operation, { params: { target } })).rejects.toMatchObject({ code: 'not_found' });
    }
    expect([circuits.list(), logged]).toEqual([[], []]);
  });
});
