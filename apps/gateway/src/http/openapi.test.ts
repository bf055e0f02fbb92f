import { createKeyAdmin } from '@sluice/auth';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../__fixtures__/route-call.js';
import { temporaryStore } from '../__fixtures__/store.js';
import { createKeyRoutes } from './admin/keys.js';
import { createRequestRoutes } from './admin/requests.js';
import { createModelsRoutes } from './models-routes.js';
import { createOpenApiRoute } from './openapi.js';
import { createProbeRoutes } from './probes.js';

interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { security: object[]; responses: Record<string, object> }>>;
  readonly components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

function tables() {
  const store = temporaryStore();
  const keys = createKeyAdmin({
    keys: store.keys,
    tenancy: store.tenancy,
    pepper: 'p',
    prefix: 'sk-',
    clock: createManualClock(),
  });
  const routes = [
    ...createProbeRoutes({ isReady: () => true }),
    ...createKeyRoutes(keys),
    ...createModelsRoutes(() => Promise.resolve([])),
    ...createRequestRoutes({
      rows: store.ledger,
      history: { find: () => ({ bodies: 'off', request: null, response: null }) },
      ledger: { flush: () => Promise.resolve() },
    }),
  ];
  return [...routes, createOpenApiRoute(routes)];
}

async function description(): Promise<Description> {
  return bodyOf(await ask(tables(), 'getOpenApi')) as unknown as Description;
}

describe('GET /openapi.json', () => {
  it('describes every route of the tables, and itself', async () => {
    const { openapi, paths } = await description();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe('3.1.1');
    expect(described.toSorted()).toEqual(
      tables()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    );
  });

  it('asks for one of four credentials everywhere but at the probes, or for a session where operators ask', async () => {
    const { paths, components } = await description();
    expect(paths['/health/live']?.['get']?.security).toEqual([]);
    expect(paths['/admin/v1/keys']?.['post']?.security).toEqual([
      { bearer: [] },
      { xApiKey: [] },
      { apiKey: [] },
      { googleApiKey: [] },
      { session: [] },
    ]);
    expect(paths['/v1/models']?.['get']?.security).not.toContainEqual({ session: [] });
    expect(Object.keys(components.securitySchemes)).toEqual(['bearer', 'xApiKey', 'apiKey', 'googleApiKey', 'session']);
    expect(components.securitySchemes['session']).toMatchObject({ in: 'cookie', name: '__Host-sluice-session' });
  });

  it('describes failures once, and refers to that', async () => {
    const { paths, components } = await description();
    const responses = paths['/admin/v1/keys']?.['post']?.responses ?? {};
    expect(Object.keys(responses).toSorted()).toEqual(['201', '401', '403', 'default']);
    expect(JSON.stringify(responses['401'])).toContain('#/components/schemas/Error');
    expect(components.schemas['Error']).toMatchObject({ type: 'object' });
  });

  it('describes what a body, a path and a query may hold', async () => {
    const { paths } = await description();
    expect(paths['/admin/v1/keys']?.['post']).toHaveProperty([
      'requestBody',
      'content',
      'application/json',
      'schema',
      'properties',
      'limits',
    ]);
    expect(paths['/admin/v1/keys/{id}']?.['delete']).toMatchObject({ parameters: [{ in: 'path', name: 'id' }] });
    expect(paths['/admin/v1/requests']?.['get']).toMatchObject({
      parameters: [
        { in: 'query', name: 'since' },
        { in: 'query', name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 1_000 } },
        { in: 'query', name: 'cursor' },
      ],
    });
  });

  it('gives the same text every time', async () => {
    const routes = tables();
    expect((await ask(routes, 'getOpenApi')).body).toBe((await ask(routes, 'getOpenApi')).body);
  });
});
