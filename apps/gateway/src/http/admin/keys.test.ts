import { createKeyAdmin, createdKeyView, keyView } from '@sluice/auth';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import { temporaryStore } from '../../__fixtures__/store.js';
import { createKeyRoutes } from './keys.js';

function keyRoutes() {
  const { keys, tenancy } = temporaryStore();
  const deps = { keys, tenancy, pepper: 'pepper', prefix: 'sk-sluice-', clock: createManualClock() };
  return createKeyRoutes(createKeyAdmin(deps));
}

describe('/admin/v1/keys', () => {
  it('is for who may', () => {
    expect(keyRoutes().map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'POST /admin/v1/keys keys:write',
      'GET /admin/v1/keys keys:read',
      'POST /admin/v1/keys/{id}/rotate keys:write',
      'DELETE /admin/v1/keys/{id} keys:write',
    ]);
  });

  it('answers a new key with 201, once, and lets nobody keep the answer', async () => {
    const routes = keyRoutes();
    const made = await ask(routes, 'createKey', { body: { name: 'ci', limits: { requestsPerMinute: 1 } } });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    const { key, ...view } = createdKeyView.parse(bodyOf(made));
    expect(key).toMatch(/^sk-sluice-/);
    const listed = await ask(routes, 'listKeys');
    expect(z.strictObject({ data: z.array(keyView) }).parse(bodyOf(listed)).data).toEqual([view]);
    expect(listed.body).not.toContain(key);
  });

  it('revokes a key with 204, and again', async () => {
    const routes = keyRoutes();
    const { id } = bodyOf(await ask(routes, 'createKey', { body: { name: 'ci' } })) as { id: string };
    expect(await ask(routes, 'revokeKey', { params: { id } })).toMatchObject({ status: 204, body: '' });
    expect(await ask(routes, 'revokeKey', { params: { id } })).toMatchObject({ status: 204 });
    expect(bodyOf(await ask(routes, 'listKeys'))).toMatchObject({
      data: [{ revokedAt: expect.any(String) as unknown }],
    });
  });

  it('rotates a key, with a body or without one', async () => {
    const routes = keyRoutes();
    const made = bodyOf(await ask(routes, 'createKey', { body: { name: 'ci' } })) as { id: string; key: string };
    const rotated = await ask(routes, 'rotateKey', { params: { id: made.id } });
    expect([rotated.status, rotated.headers['cache-control']]).toEqual([200, 'no-store']);
    const { key, ...view } = createdKeyView.parse(bodyOf(rotated));
    expect(key).not.toBe(made.key);
    expect(view).toMatchObject({ id: made.id, last4: key.slice(-4), retiring: [{ last4: made.key.slice(-4) }] });
    const params = { id: 'key_none' };
    await expect(ask(routes, 'rotateKey', { params })).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['1', '-1', "' OR 1=1", '../', '__proto__'])('knows no key %j', async (id) => {
    await expect(ask(keyRoutes(), 'revokeKey', { params: { id } })).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['budget'])('refuses a %s that is none, and saves nothing', async (param) => {
    const routes = keyRoutes();
    const body = { name: 'ci', [param]: null };
    await expect(ask(routes, 'createKey', { body })).rejects.toMatchObject({
      code: 'invalid_value',
      details: { param },
    });
    expect(bodyOf(await ask(routes, 'listKeys'))).toEqual({ data: [] });
  });

  it.each([
    [{}, 'missing_required_parameter', 'name'],
    [{ name: 5 }, 'invalid_type', 'name'],
    [{ name: 'ci', spend: 0 }, 'unknown_parameter', 'spend'],
    [{ name: 'ci', limits: { requestsPerMinute: -1 } }, 'invalid_value', 'limits.requestsPerMinute'],
    [{ name: 'ci', expiresAt: '2001-01-01T00:00:00Z' }, 'invalid_value', 'expiresAt'],
    [null, 'invalid_type', undefined],
  ])('refuses %j', async (body, code, param) => {
    await expect(ask(keyRoutes(), 'createKey', { body })).rejects.toMatchObject({
      code,
      details: param ? { param } : {},
    });
  });
});
