import { ADMIN } from '@sluice/auth';
import type { Telemetry } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer, ReceivedCall } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { temporaryStore } from '../__fixtures__/store.js';
import { createAuditLog } from '../audit/audit-log.js';
import { createAuditSeal } from '../audit/chain.js';
import type { Route } from './route.js';
import { runRoute } from './run-route.js';
import { SessionCookies } from './sign-in/session-cookie.js';

const received = {
  headers: {},
  principal: ADMIN,
  requestId: 'req_1',
  trace: { traceId: 't', spanId: 's' },
  peer: { remoteAddress: '10.0.0.1' },
  signal: new AbortController().signal,
} as unknown as ReceivedCall;

function rig(handle: Route['handle']) {
  const { audit } = temporaryStore();
  const clock = createManualClock();
  const faults: unknown[] = [];
  const route: Route = {
    method: 'POST',
    path: '/admin/v1/cors',
    access: 'cors:write',
    audit: 'change',
    openapi: { responses: {} },
    handle,
  };
  const deps = {
    authenticator: {
      authenticate: () => Promise.reject(new Error()),
      authorize: () => Promise.reject(new Error()),
      refresh: () => undefined,
    },
    telemetry: { opened: () => undefined, settled: () => undefined } as unknown as Telemetry,
    clock,
    audit: createAuditLog({ audit, clock, seal: createAuditSeal('s'.repeat(43)) }),
    cookies: new SessionCookies(() => true),
    onInternalError: (cause: unknown) => void faults.push(cause),
  };
  const run = (): Promise<Answer> => runRoute(route, { received, params: {}, query: new URLSearchParams() }, deps);
  return { run, faults, rows: () => audit.page({ limit: 9 }) };
}

const done = jsonAnswer(200, {}, {});

it('a change that bypasses the audit log is an internal error', async () => {
  const { run, faults, rows } = rig(() => Promise.resolve(done));
  expect([(await run()).status, faults.length, await rows()]).toEqual([500, 1, []]);
});

it('a change through the audit log has a row with its object and the address that it came from', async () => {
  const { run, faults, rows } = rig(async ({ change }) => {
    await change({ work: () => 1, object: () => 'a' });
    return done;
  });
  expect([(await run()).status, faults]).toEqual([200, []]);
  expect(await rows()).toMatchObject([{ object: 'a', address: '10.0.0.1', requestId: 'req_1' }]);
});

it('a refusal needs no change', async () => {
  const { run, faults } = rig(() => Promise.resolve(jsonAnswer(400, {}, {})));
  expect([(await run()).status, faults]).toEqual([400, []]);
});
