import { createKeyAdmin } from '@sluice/auth';
import type { Principal } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { ask } from '../../__fixtures__/route-call.js';
import { temporaryStore } from '../../__fixtures__/store.js';
import { createKeyRoutes } from './keys.js';
import { MOST_CREATIONS, limitCreations } from './limit-creations.js';

const REFUSED = { code: 'rate_limit_exceeded' };
const other: Principal = { kind: 'key', role: 'owner', keyId: 'key_b', keyName: 'b', tenant: 'default', limits: {} };

function limited() {
  const { keys, tenancy } = temporaryStore();
  const clock = createManualClock();
  const admin = createKeyAdmin({ keys, tenancy, pepper: 'p', prefix: 'sk-', clock });
  return { clock, admin, routes: limitCreations(createKeyRoutes(admin), clock) };
}

it('J-44: makes as many as may be made in a minute, counted for the operator and for each organisation, and again in the next', async () => {
  const { clock, routes } = limited();
  const create = (principal?: Principal) =>
    ask(routes, 'createKey', { body: { name: 'a' }, ...(principal && { principal }) });
  for (let made = 0; made < MOST_CREATIONS; made += 1) expect((await create()).status).toBe(201);
  clock.advance(59_000);
  await expect(create()).rejects.toMatchObject({ ...REFUSED, details: { retryAfterMs: 1_000 } });
  expect((await create(other)).status).toBe(201);
  clock.advance(1_000);
  expect((await create()).status).toBe(201);
});

it('does not count what was refused, nor what makes nothing', async () => {
  const { routes, admin } = limited();
  for (let sent = 0; sent < MOST_CREATIONS + 1; sent += 1) {
    await expect(ask(routes, 'createKey', { body: {} })).rejects.toMatchObject({ code: 'missing_required_parameter' });
  }
  expect((await ask(routes, 'createKey', { body: { name: 'a' } })).status).toBe(201);
  expect((await ask(routes, 'listKeys')).status).toBe(200);
  expect(admin.list(other)).toHaveLength(1);
});
