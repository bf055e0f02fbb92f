import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { AuditedChange } from '../../audit/audit-log.js';
import type { LiveCors } from '../../cors/live-cors.js';
import { corsPolicy } from '../../cors/settings.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import type { Route, RouteCall } from '../route.js';

const PATH = '/admin/v1/cors';

const corsView = z.strictObject({
  environment: z.enum(['production', 'development']).meta({ description: 'The block that counts, by NODE_ENV.' }),
  source: z
    .enum(['database', 'file', 'none'])
    .meta({ description: 'Where the policy comes from: set here, from the file, or from nowhere.' }),
  origins: z.array(z.string()),
  credentials: z.boolean(),
  changedAt: z.iso.datetime().optional().meta({ description: 'When it was set here.' }),
});

/** `/admin/v1/cors`: the policy of the environment that the gateway runs in. */
export function createCorsRoutes(live: LiveCors): readonly Route[] {
  return [showRoute(live), setRoute(live), resetRoute(live)];
}

function showRoute(live: LiveCors): Route {
  return {
    method: 'GET',
    path: PATH,
    access: 'cors:read',
    openapi: {
      operationId: 'showCors',
      summary: 'Show whose pages may call from a browser',
      tags: ['cors'],
      responses: { 200: { description: 'The policy that counts.', content: jsonContent(corsView) } },
    },
    handle: async () => show(live),
  };
}

function setRoute(live: LiveCors): Route {
  return {
    method: 'POST',
    path: PATH,
    access: 'cors:write',
    audit: 'change',
    openapi: {
      operationId: 'setCors',
      summary: 'Set whose pages may call; it wins over the file, and holds in every process within a second',
      tags: ['cors'],
      requestBody: { required: true, content: jsonContent(corsPolicy(live.environment)) },
      responses: { 200: { description: 'The policy that counts now.', content: jsonContent(corsView) } },
    },
    handle: (call) => set(call, live),
  };
}

function resetRoute(live: LiveCors): Route {
  return {
    method: 'DELETE',
    path: PATH,
    access: 'cors:write',
    audit: 'change',
    openapi: {
      operationId: 'resetCors',
      summary: "Let the file's policy count again",
      tags: ['cors'],
      responses: { 204: { description: 'It counts.' } },
    },
    async handle({ change }) {
      await change(changeOf(live, () => live.reset()));
      return { kind: 'plain', status: 204, headers: noStore, body: '' };
    },
  };
}

async function set(call: RouteCall, live: LiveCors): Promise<Answer> {
  const policy = parseInput(corsPolicy(live.environment), await call.json());
  await call.change(changeOf(live, () => live.set(policy)));
  return show(live);
}

function changeOf(live: LiveCors, work: () => void): AuditedChange<void> {
  const policy = (): unknown => live.current().policy;
  return { work, object: () => live.environment, before: policy, after: policy };
}

function show(live: LiveCors): Answer {
  const { source, policy, changedAtMs } = live.current();
  const view: z.input<typeof corsView> = {
    environment: live.environment,
    source,
    origins: [...(policy?.origins ?? [])],
    credentials: policy?.credentials ?? false,
    ...(changedAtMs !== undefined && { changedAt: new Date(changedAtMs).toISOString() }),
  };
  return jsonAnswer(200, view, noStore);
}
