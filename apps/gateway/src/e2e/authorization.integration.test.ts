import { PERMISSIONS, ROLES } from '@sluice/auth';
import type { Permission, PermissionRow } from '@sluice/auth';
import type { Role } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { createOwned } from './__fixtures__/owned-objects.js';
import type { Owned } from './__fixtures__/owned-objects.js';
import { PROBE_PATHS, SIGN_IN_PATHS } from './__fixtures__/probe-paths.js';

/** One line of the document: who may call it is the rule that the route declared. */
interface Operation {
  readonly method: string;
  readonly path: string;
  /** Absent: open to everybody. */
  readonly permission?: Permission;
}

const TENANTS = ['acme', 'default'] as const;
type Tenant = (typeof TENANTS)[number];

let gateway: TestGateway;
let operations: readonly Operation[];
let owned: Owned;

beforeAll(async () => {
  // Hundreds of refusals come from here.
  gateway = await startGateway({ auth: { failures: { limit: 1_000_000 } } });
  operations = await readOperations();
  owned = await createOwned(gateway);
});
afterAll(() => gateway.close());

async function readOperations(): Promise<readonly Operation[]> {
  const response = await fetch(`${gateway.url}/openapi.json`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Record<string, unknown>>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const permission = operation['x-sluice-permission'] as Permission | undefined;
      return { method: method.toUpperCase(), path, ...(permission && { permission }) };
    }),
  );
}

interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
}

async function call({ method, path }: Pick<Operation, 'method' | 'path'>, key?: string): Promise<Outcome> {
  const withBody = method !== 'GET' && method !== 'DELETE';
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(withBody && { 'content-type': 'application/json' }),
    },
    ...(withBody && { body: '{}' }),
  });
  const text = await response.text();
  return { status: response.status, code: codeOf(text), text };
}

/** What an answer tells, but for the names of the request and of the object that was asked for. */
function told({ text }: Outcome, template: string, path: string): string {
  const id = path.split('/')[template.split('/').indexOf('{id}')] ?? path;
  return text.replaceAll(id, 'ID').replaceAll(/req_\w+/g, 'REQUEST');
}

/** Each dialect has its own place for it. */
function codeOf(text: string): string | null {
  return /"(?:code|reason)":\s?"([a-z_]+)"/.exec(text)?.[1] ?? null;
}

/** What stands in braces of a path that names nothing of anybody. */
function filled(path: string): string {
  return path.replaceAll(/\{\w+\}/g, 'nothing');
}

function mayDo(role: Role, tenant: Tenant, permission: Permission): boolean {
  const { roles, scope }: PermissionRow = PERMISSIONS[permission];
  return roles.includes(role) && (scope === 'organisation' || tenant === 'default');
}

describe('every route of the API description', () => {
  it('has a rule: a row of the table, or it is a probe, or where people sign in', () => {
    const open = operations.filter(({ permission }) => permission === undefined).map(({ path }) => path);
    expect(open.toSorted()).toEqual([...PROBE_PATHS, ...SIGN_IN_PATHS].toSorted());
    expect(operations.filter(({ permission }) => permission && !Object.hasOwn(PERMISSIONS, permission))).toEqual([]);
    expect(operations.length).toBeGreaterThan(60);
  });

  it('names what it has of organisations, so that it is asked for that of others', () => {
    const unnamed = operations.filter(({ path, permission }) => {
      const scope = permission && PERMISSIONS[permission].scope;
      return path.includes('{') && scope === 'organisation' && !owned.isOwned(path) && !owned.isShared(path);
    });
    expect(unnamed).toEqual([]);
  });

  it('but the probes, and where people sign in, refuses a call without a key, with one that nobody has, and with one that is over', async () => {
    const ended = await owned.endedKeys();
    const wrong: unknown[] = [];
    for (const operation of operations.filter(({ path: each }) => !each.startsWith('/auth/'))) {
      const path = filled(operation.path);
      const outcomes = await Promise.all([
        call({ ...operation, path }),
        call({ ...operation, path }, 'sk-sluice-nobody'),
        ...ended.map(({ key }) => call({ ...operation, path }, key)),
      ]);
      const expected = ['missing_api_key', 'invalid_api_key', ...ended.map(({ code }) => code)];
      const isFine = operation.permission
        ? outcomes.every(({ status, code }, index) => status === 401 && code === expected[index])
        : outcomes.every(({ status }) => status === 200);
      if (!isFine) wrong.push([operation, outcomes]);
    }
    expect(wrong).toEqual([]);
  });
});

it.each(SIGN_IN_PATHS)('%s opens nothing for nobody, and begins no session', async (path) => {
  for (const method of ['GET', 'POST']) {
    const answer = await fetch(gateway.url + path, { method, redirect: 'manual' });
    expect([answer.status >= 401 && answer.status <= 405, answer.headers.getSetCookie()]).toEqual([true, []]);
    await answer.text();
  }
});

describe.each(TENANTS.flatMap((tenant) => ROLES.map((role) => ({ tenant, role }))))(
  'the role $role of the organisation $tenant',
  ({ tenant, role }) => {
    it('J-01: may call the routes of its permissions, and no others', async () => {
      const key = await owned.keyOf(tenant, role);
      const wrong: unknown[] = [];
      for (const operation of operations) {
        if (!operation.permission) continue;
        const { status, code } = await call({ ...operation, path: filled(operation.path) }, key);
        const allowed = mayDo(role, tenant, operation.permission);
        const isRefused = status === 403 && code === 'route_not_allowed';
        if (status === 401 || status >= 500 || isRefused === allowed) wrong.push({ ...operation, status, code });
      }
      expect(wrong).toEqual([]);
    });

    it('reaches what its organisation has; what another one has does not exist', async () => {
      const key = await owned.keyOf(tenant, role);
      const other = tenant === 'acme' ? 'default' : 'acme';
      const wrong: unknown[] = [];
      for (const operation of operations.filter(({ path }) => owned.isOwned(path))) {
        const allowed = operation.permission !== undefined && mayDo(role, tenant, operation.permission);
        const own = await call({ ...operation, path: await owned.pathOf(operation.path, tenant) }, key);
        const theirs = await owned.pathOf(operation.path, other);
        const foreign = await call({ ...operation, path: theirs }, key);
        // Of the same kind as the other's.
        const nobodys = operation.path.replace('{id}', theirs.includes('key:') ? 'key:key_nobodys' : 'nobodys');
        const missing = await call({ ...operation, path: nobodys }, key);
        const isAlike = told(foreign, operation.path, theirs) === told(missing, operation.path, nobodys);
        const isFine = allowed
          ? ![401, 403, 404].includes(own.status) && foreign.status === 404 && foreign.code === 'not_found' && isAlike
          : own.code === 'route_not_allowed' && foreign.code === 'route_not_allowed';
        if (!isFine) wrong.push({ ...operation, own, foreign, missing });
      }
      expect(wrong).toEqual([]);
    });
  },
);

it.each(['1', '-1', '0', "6f9619ff-8b86-d011-b42d-00c04fc964ff'", '..%2f', '%2f', '[]', '__proto__', '%00'])(
  'J-04: nothing goes by the id %s',
  async (id) => {
    for (const operation of operations.filter(({ path }) => owned.isOwned(path))) {
      const { status, code } = await call({ ...operation, path: operation.path.replace('{id}', id) }, gateway.adminKey);
      expect([operation.path, status]).toEqual([operation.path, 404]);
      expect(['not_found', 'unknown_url']).toContain(code);
    }
  },
);

it('CVE-2026-35029: no key of a caller reads or changes the configuration', async () => {
  const key = await owned.keyOf('default', 'caller');
  for (const path of ['/admin/v1/config', '/admin/v1/config/reload']) {
    const method = path.endsWith('reload') ? 'POST' : 'GET';
    expect(await call({ method, path }, key)).toMatchObject({ status: 403, code: 'route_not_allowed' });
  }
});

it('CVE-2026-42208: SQL in a credential is a wrong credential, at once', async () => {
  for (const key of [`' OR '1'='1`, `'; DROP TABLE keys;--`, `' OR (SELECT pg_sleep(8)) IS NOT NULL--`]) {
    expect(await call({ method: 'GET', path: '/v1/models' }, key)).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    });
  }
  expect((await call({ method: 'GET', path: '/v1/models' }, gateway.key)).status).toBe(200);
});

it.each(['Digest username="a"', 'AWS4-HMAC-SHA256 Credential=a', 'DPoP a', 'Basic YTpi', 'OAuth2 a', 'Negotiate a'])(
  'CVE-2026-59822 A-30: the scheme of %j never falls through to anonymous',
  async (authorization) => {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization } });
    expect([response.status, codeOf(await response.text())]).toEqual([401, 'invalid_api_key']);
  },
);

describe('J-10: a body that asks for more than its sender may', () => {
  it.each([
    { name: 'x', role: 'owner' },
    { name: 'x', org: 'default' },
    { name: 'x', allowed_routes: ['*'] },
    { name: 'x', budget: null },
    { name: 'x', spend: 0 },
    { name: 'x', created_by: 'admin' },
    { name: 'x', team_id: 'theirs' },
    { name: 'x', team: 'nobodys' },
  ])('%j makes no key', async (body) => {
    const key = await owned.keyOf('acme', 'admin');
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const count = async () =>
      ((await (await fetch(`${gateway.url}/admin/v1/keys`, { headers })).json()) as { data: [] }).data.length;
    const before = await count();
    const made = await fetch(`${gateway.url}/admin/v1/keys`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([400, 403]).toContain(made.status);
    expect(await count()).toBe(before);
  });
});

// The last one: it deletes an organisation.
it('the admin key reaches everything of everybody', async () => {
  const wrong: unknown[] = [];
  // An organisation is deleted last: nothing of it is left to reach.
  const endsOrg = ({ method, path }: Operation) => method === 'DELETE' && path.startsWith('/admin/v1/orgs/');
  for (const operation of operations.toSorted((one, two) => Number(endsOrg(one)) - Number(endsOrg(two)))) {
    const paths = owned.isOwned(operation.path)
      ? await Promise.all(TENANTS.map((tenant) => owned.pathOf(operation.path, tenant)))
      : [filled(operation.path)];
    for (const path of paths) {
      const { status, code } = await call({ ...operation, path }, gateway.adminKey);
      // People sign in without a key. A stored answer is found by its own organisation alone, by the operator's only in `default`.
      const isHidden = path.startsWith('/auth/') || (path.startsWith('/v1/responses/') && status === 404);
      if (!isHidden && ([401, 403].includes(status) || status >= 500)) wrong.push({ ...operation, path, status, code });
    }
  }
  expect(wrong).toEqual([]);
});
