import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../__fixtures__/route-call.js';
import { createProbeRoutes } from './probes.js';

const LIVE = ['probe-health-live', 'probe-healthz', 'probe-health-liveliness', 'probe-health-liveness'];
const READY = ['probe-health-ready', 'probe-readyz', 'probe-health-readiness'];

describe('the probes', () => {
  it('are open under all their names', () => {
    const routes = createProbeRoutes({ isReady: () => true });
    expect(routes.map(({ openapi }) => openapi.operationId)).toEqual([...LIVE, ...READY]);
    expect(routes.every(({ access }) => access === 'open')).toBe(true);
  });

  it.each(LIVE)('%s says yes also while the gateway is not ready', async (probe) => {
    const answer = await ask(createProbeRoutes({ isReady: () => false }), probe);
    expect([answer.status, bodyOf(answer)]).toEqual([200, { status: 'ok' }]);
  });

  it.each(READY)('%s says what holds at the moment', async (probe) => {
    let isReady = true;
    const routes = createProbeRoutes({ isReady: () => isReady });
    expect((await ask(routes, probe)).status).toBe(200);
    isReady = false;
    const answer = await ask(routes, probe);
    expect([answer.status, bodyOf(answer)]).toEqual([503, { status: 'unavailable' }]);
  });
});
