import { timed } from '@sluice/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { CALLBACK, CLIENT_ID, CLIENT_SECRET, providerOf, startOidcServer } from './__fixtures__/oidc-server.js';
import type { OidcServer } from './__fixtures__/oidc-server.js';
import { openBrowser, outcome } from './__fixtures__/browser.js';
import { expectNoSecret } from './__fixtures__/invariants.js';

const ENV = { OIDC_SECRET: CLIENT_SECRET };

let oidc: OidcServer;
let other: OidcServer;
let gateway: TestGateway;
beforeAll(async () => {
  [oidc, other] = [await startOidcServer(), await startOidcServer()];
  gateway = await startGateway(
    { auth: { oidc: [providerOf(oidc.issuer), providerOf(other.issuer, `${CALLBACK}/other`)] } },
    ENV,
  );
  await operate('/admin/v1/orgs', { id: 'acme', name: 'Acme' });
});
afterAll(async () => {
  await gateway.stop();
  expectNoSecret(gateway);
  await gateway.close();
  await oidc[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});
beforeEach(() => {
  oidc.claims = { sub: 'ada', org: 'acme', groups: ['ops'] };
  Object.assign(oidc.lies, { claims: undefined, token: undefined, document: undefined, down: undefined });
});

async function operate(path: string, body: object, target = gateway): Promise<Response> {
  const headers = { authorization: `Bearer ${target.adminKey}`, 'content-type': 'application/json' };
  return fetch(target.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

function browser(target: TestGateway = gateway) {
  const opened = openBrowser(target);
  const signIn = async (query = '', at = oidc): Promise<string> => opened.come(at.consent(await opened.depart(query)));
  return { ...opened, signIn };
}

describe('a person who signs in', () => {
  it('is sent to the provider with PKCE, state and nonce, and comes back as who the claims say', async () => {
    const { signIn, go, depart, set } = browser();
    const { searchParams: asked } = new URL(await depart());
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: CLIENT_ID,
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
    });
    expect(['state', 'nonce', 'code_challenge'].map((name) => asked.get(name)?.length)).toEqual([43, 43, 43]);
    expect(await signIn()).toBe('302 /console');
    expect(set.at(-1)).toMatch(/^sluice-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    const shown = (await (await go('/auth/session')).json()) as object;
    expect(shown).toMatchObject({ kind: 'token', name: 'ada', role: 'operator', org: 'acme', user: null });
    expect((await go('/admin/v1/requests')).status).toBe(200);
    expect(await outcome(await go('/admin/v1/providers'))).toBe('403 route_not_allowed');
  });

  it('acts with his role and in the audit log under his name', async () => {
    oidc.claims = { sub: 'boss', org: 'acme', groups: ['other', 'boss'] };
    const { signIn, post } = browser();
    await signIn();
    expect((await post('/admin/v1/teams', { id: 'signed', name: 'Signed' })).status).toBe(201);
    const answer = await fetch(`${gateway.url}/admin/v1/audit`, { headers: { 'x-api-key': gateway.adminKey } });
    const { data } = (await answer.json()) as { data: { action: string; actorName: string; tenant: string }[] };
    const rows = data.filter(({ actorName }) => actorName === 'boss').map(({ action, tenant }) => [action, tenant]);
    expect(rows).toEqual([
      ['createTeam', 'acme'],
      ['finishSignIn', 'acme'],
    ]);
  });

  it('has the role of the user with this subject where no claim names one, and one provider alone names subjects', async () => {
    await using sole = await startGateway({ auth: { oidc: [providerOf(oidc.issuer)] } }, ENV);
    oidc.claims = { sub: 'grace', org: 'acme' };
    await operate('/admin/v1/orgs', { id: 'acme', name: 'Acme' }, sole);
    const { signIn, go } = browser(sole);
    expect(await signIn()).toBe('403 route_not_allowed');
    const grace = { id: 'grace', org: 'acme', name: 'Grace', role: 'viewer', subject: 'grace' };
    await operate('/admin/v1/users', grace, sole);
    await operate('/admin/v1/users', grace);
    expect(await browser().signIn()).toBe('403 route_not_allowed');
    expect(await signIn()).toBe('302 /console');
    expect(await (await go('/auth/session')).json()).toMatchObject({ role: 'viewer', user: 'grace' });
  });

  it.each([
    ['no organisation', { sub: 'eve', groups: ['boss'] }],
    ['no role', { sub: 'eve', org: 'acme', groups: ['guests'] }],
    ['a role by the name of another', { sub: 'eve', org: 'acme', groups: ['owner', '__proto__', 'toString'] }],
  ])('is refused with %s, and no session begins', async (_, claims) => {
    oidc.claims = claims;
    const { signIn, jar } = browser();
    expect([await signIn(), [...jar.keys()]]).toEqual(['403 route_not_allowed', ['sluice-sign-in']]);
  });

  it('is out within a second once he is disabled', async () => {
    oidc.claims = { sub: 'linus', org: 'acme', groups: ['ops'] };
    await operate('/admin/v1/users', { id: 'linus', org: 'acme', name: 'Linus', role: 'admin', subject: 'linus' });
    const { signIn, go } = browser();
    await signIn();
    expect((await go('/auth/session')).status).toBe(200);
    await operate('/admin/v1/users/linus', { disabled: true });
    const status = async (): Promise<number> => (await go('/admin/v1/requests')).status;
    expect((await timed(() => expect.poll(status, { interval: 20 }).toBe(401))).tookMs).toBeLessThan(1_000);
    expect(await outcome(await go('/auth/session'))).toBe('401 invalid_token');
  });

  it('signs in at the other provider, and is somebody else there', async () => {
    other.claims = oidc.claims;
    const { signIn, go } = browser();
    expect(await signIn(`?issuer=${encodeURIComponent(other.issuer)}`, other)).toBe('302 /console');
    expect((await go('/auth/session')).status).toBe(200);
    expect(await outcome(await go('/auth/login?issuer=https://evil.test'))).toBe('404 not_found');
  });
});

describe('a sign-in that somebody tampers with', () => {
  it.each<readonly [string, (back: URL) => void]>([
    ['another state', (back) => back.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (back) => back.searchParams.delete('state')],
    ['another issuer', (back) => back.searchParams.set('iss', other.issuer)],
    ['no issuer, though the provider names it', (back) => back.searchParams.delete('iss')],
    ['a code that nobody gave', (back) => back.searchParams.set('code', 'guessed')],
    ['two codes', (back) => back.searchParams.append('code', 'second')],
    ['an error', (back) => back.searchParams.set('error', 'access_denied')],
    [
      'a token in place of the code',
      (back) => (back.search = `?state=${back.searchParams.get('state')}&id_token=x&iss=${oidc.issuer}`),
    ],
  ])('fails: %s', async (_, change) => {
    const { depart, come, jar } = browser();
    const back = oidc.consent(await depart());
    change(back);
    expect([await come(back), jar.has('sluice-session')]).toEqual(['401 invalid_token', false]);
  });

  it.each<readonly [string, () => void]>([
    ['nonce', () => (oidc.lies.claims = (claims) => ({ ...claims, nonce: 'another' }))],
    ['issuer', () => (oidc.lies.claims = (claims) => ({ ...claims, iss: other.issuer }))],
    ['audience', () => (oidc.lies.claims = (claims) => ({ ...claims, aud: 'another' }))],
    ['authorized party', () => (oidc.lies.claims = (claims) => ({ ...claims, aud: [CLIENT_ID, 'b'], azp: 'b' }))],
    ['time', () => (oidc.lies.claims = (claims) => ({ ...claims, exp: 1, iat: 0 }))],
    ['algorithm: none', () => (oidc.lies.token = (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`)],
    [
      'algorithm: none, signed',
      () => (oidc.lies.token = (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.AAAA`),
    ],
    [
      'signature',
      () =>
        (oidc.lies.token = (claims) => `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(claims)}.${'A'.repeat(342)}`),
    ],
    ['subject', () => (oidc.lies.claims = ({ sub: _, ...claims }) => claims)],
    ['organisation', () => (oidc.lies.claims = (claims) => ({ ...claims, org: '../default' }))],
  ])('fails: an ID token with a wrong %s', async (_, lie) => {
    lie();
    const { signIn, jar } = browser();
    expect([await signIn(), jar.has('sluice-session')]).toEqual(['401 invalid_token', false]);
  });

  it('fails where the provider sends the browser on to another one, and takes no code of that one', async () => {
    await using honest = await startOidcServer();
    await using liar = await startOidcServer();
    for (const { lies } of [honest, liar])
      lies.document = (document) => ({ ...document, authorization_response_iss_parameter_supported: false });
    const providers = [providerOf(honest.issuer), providerOf(liar.issuer, `${CALLBACK}/liar`)];
    await using both = await startGateway({ auth: { oidc: providers } }, ENV);
    const { depart, come, jar } = browser(both);
    const asked = new URL(await depart(`?issuer=${encodeURIComponent(liar.issuer)}`));
    asked.searchParams.set('redirect_uri', CALLBACK);
    const back = honest.consent(asked.href);
    back.searchParams.delete('iss');
    expect([await come(back), jar.has('sluice-session')]).toEqual(['401 invalid_token', false]);
    expect(liar.asked).not.toContain('/token');
  });

  it('fails in another browser than the one that began it, and the second time', async () => {
    const [own, theirs] = [browser(), browser()];
    const back = oidc.consent(await own.depart());
    await theirs.depart();
    expect([await browser().come(back), await theirs.come(back)]).toEqual(['401 invalid_token', '401 invalid_token']);
    const sealed = own.jar.get('sluice-sign-in') ?? '';
    expect(await own.come(oidc.consent(await own.depart()))).toBe('302 /console');
    own.jar.set('sluice-sign-in', sealed);
    expect(await own.come(back)).toBe('302 /console');
    own.jar.set('sluice-sign-in', sealed);
    expect(await own.come(back)).toBe('401 invalid_token');
  });

  it('fails with what the browser keeps changed', async () => {
    const { depart, come, jar } = browser();
    const back = oidc.consent(await depart());
    const sealed = jar.get('sluice-sign-in') ?? '';
    for (const changed of ['', 'x', sealed.slice(0, -1), `${sealed}A`]) {
      jar.set('sluice-sign-in', changed);
      expect(await come(back)).toBe('401 invalid_token');
    }
  });

  it.each([
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    '/%0d%0aSet-Cookie:x',
    '/\t/evil.test',
    'javascript:alert(1)',
    '/a/../b',
    '',
    `/${'a'.repeat(500)}`,
  ])('leads nowhere but to a path of the gateway: %j', async (returnTo) => {
    const { signIn } = browser();
    const landed = await signIn(`?returnTo=${encodeURIComponent(returnTo)}`);
    expect(landed).toBe(returnTo === '/%0d%0aSet-Cookie:x' ? '302 /%0d%0aSet-Cookie:x' : '302 /console');
  });

  it('leads to the path that was asked for', async () => {
    expect(await browser().signIn(`?returnTo=${encodeURIComponent('/console/keys?page=2')}`)).toBe(
      '302 /console/keys?page=2',
    );
  });
});

describe('a provider of identities that leads elsewhere', () => {
  it.each(['jwks_uri', 'token_endpoint', 'authorization_endpoint'])('is not followed in its %s', async (name) => {
    let connections = 0;
    const canary = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.2');
    await once(canary, 'listening');
    const { port } = canary.address() as AddressInfo;
    for (const place of [
      `http://127.0.0.2:${port}/x`,
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
      'javascript:alert(1)',
      `http://a@127.0.0.1:1/`,
    ]) {
      await using liar = await startOidcServer();
      liar.lies.document = (document) => ({ ...document, [name]: place });
      await using led = await startGateway({ auth: { oidc: [providerOf(liar.issuer)] } }, ENV);
      const answer = await browser(led).go('/auth/login');
      expect([place, await outcome(answer), answer.headers.get('location')]).toEqual([
        place,
        '503 storage_unavailable',
        null,
      ]);
    }
    canary.close();
    expect(connections).toBe(0);
  });

  it.each<readonly [string, (document: Record<string, unknown>) => Record<string, unknown>]>([
    ['names another issuer', (document) => ({ ...document, issuer: 'https://evil.test' })],
    ['names no endpoints', ({ issuer }) => ({ issuer })],
  ])('is not believed where it %s', async (_, document) => {
    await using liar = await startOidcServer();
    liar.lies.document = document;
    await using led = await startGateway({ auth: { oidc: [providerOf(liar.issuer)] } }, ENV);
    expect(await outcome(await browser(led).go('/auth/login'))).toBe('503 storage_unavailable');
    expect(await outcome(await browser(led).go('/auth/login'))).toBe('503 storage_unavailable');
    expect(liar.asked).toEqual(['/.well-known/openid-configuration']);
  });

  it('that fails is no reason to let anybody in', async () => {
    oidc.lies.down = true;
    const { signIn, jar } = browser();
    expect([await signIn(), jar.has('sluice-session')]).toEqual(['503 storage_unavailable', false]);
  });
});

it('without a provider of identities nobody signs in that way', async () => {
  await using plain = await startGateway();
  const { go } = browser(plain);
  expect([await outcome(await go('/auth/login')), await outcome(await go('/auth/callback?code=x&state=y'))]).toEqual([
    '404 not_found',
    '404 not_found',
  ]);
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
