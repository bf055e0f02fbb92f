import { expect } from 'vitest';
import type { Role } from '@sluice/contract';
import type { TestGateway } from './gateway.js';

/** What organisations have, in a gateway of a test. */
export interface Owned {
  /** Whether a path leads to an object of one organisation. */
  isOwned(path: string): boolean;
  /** Whether what stands in the path's braces belongs to all of them. */
  isShared(path: string): boolean;
  /** The path of an object of an organisation, one that nothing was done to. */
  pathOf(path: string, org: string): Promise<string>;
  /** A key with a role, made once. */
  keyOf(org: string, role: Role): Promise<string>;
  /** Keys that open nothing any more, and how that is said. */
  endedKeys(): Promise<readonly { readonly key: string; readonly code: string }[]>;
}

type Make = (org: string) => Promise<string>;
type Post = (path: string, body: object, key?: string) => Promise<Record<string, unknown>>;

const SHARED = ['/v1/models/', '/openai/deployments/', '/v1beta/models/', '/passthrough/'];

export async function createOwned(gateway: TestGateway): Promise<Owned> {
  const post = poster(gateway);
  await post('/admin/v1/orgs', { id: 'acme', name: 'Acme' });
  const keys = new Map<string, Promise<string>>();
  const keyOf = (org: string, role: Role): Promise<string> => {
    const name = `${org}/${role}`;
    const made = keys.get(name) ?? post('/admin/v1/keys', { name, org, role }).then(({ key }) => String(key));
    keys.set(name, made);
    return made;
  };
  const makers = createMakers(post, keyOf, gateway);
  const makerOf = (path: string): Make | undefined => Object.entries(makers).find(([start]) => path.startsWith(start))?.[1];
  return {
    isOwned: (path) => path.includes('{id}') && makerOf(path) !== undefined,
    isShared: (path) => SHARED.some((start) => path.startsWith(start)),
    pathOf: async (path, org) => path.replace('{id}', (await makerOf(path)?.(org)) ?? ''),
    keyOf,
    endedKeys: () => endKeys(gateway, post),
  };
}

function poster({ url, adminKey }: TestGateway): Post {
  return async (path, body, key = adminKey) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    expect([path, response.status < 300 ? 'made' : text]).toEqual([path, 'made']);
    return JSON.parse(text) as Record<string, unknown>;
  };
}

/** By the beginning of the paths. */
function createMakers(
  post: Post,
  keyOf: (org: string, role: Role) => Promise<string>,
  { url, adminKey }: TestGateway,
): Readonly<Record<string, Make>> {
  const record =
    (path: string, body: object): Make =>
    async (org) =>
      String((await post(path, { name: 'mine', org, ...body }))['id']);
  const answer: Make = async (org) => {
    const asked = { model: 'sim/echo', input: 'hi' };
    return String((await post('/v1/responses', asked, await keyOf(org, 'caller')))['id']);
  };
  const ofAKey = async (org: string): Promise<string> => `key:${await record('/admin/v1/keys', {})(org)}`;
  const limits: Make = async (org) => {
    const scope = await ofAKey(org);
    await post('/admin/v1/limits', { scope, concurrent: 1 }, await keyOf(org, 'admin'));
    return scope;
  };
  const budget: Make = async (org) => {
    const scope = await ofAKey(org);
    await post('/admin/v1/budgets', { name: scope, scope, usd: 1 }, await keyOf(org, 'admin'));
    return scope;
  };
  return {
    '/admin/v1/limits/': limits,
    '/admin/v1/budgets/': budget,
    '/admin/v1/keys/': record('/admin/v1/keys', {}),
    '/admin/v1/teams/': record('/admin/v1/teams', {}),
    '/admin/v1/users/': record('/admin/v1/users', { kind: 'service' }),
    '/admin/v1/orgs/': (org) => Promise.resolve(org),
    '/admin/v1/requests/': async (org) => {
      await answer(org);
      const listed = await fetch(`${url}/admin/v1/requests?limit=1`, { headers: { authorization: `Bearer ${adminKey}` } });
      return ((await listed.json()) as { data: [{ id: string }] }).data[0].id;
    },
    '/v1/responses/': answer,
  };
}

async function endKeys({ url, adminKey }: TestGateway, post: Post) {
  const revoked = await post('/admin/v1/keys', { name: 'revoked', role: 'admin' });
  await fetch(`${url}/admin/v1/keys/${String(revoked['id'])}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${adminKey}` },
  });
  const expiresAt = new Date(Date.now() + 300).toISOString();
  const expired = await post('/admin/v1/keys', { name: 'expired', role: 'admin', expiresAt });
  await new Promise((resolve) => setTimeout(resolve, 400));
  return [
    { key: String(revoked['key']), code: 'revoked_api_key' },
    { key: String(expired['key']), code: 'expired_api_key' },
  ];
}
