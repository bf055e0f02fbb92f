import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from './__fixtures__/browser.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { expectNoSecret } from './__fixtures__/invariants.js';
import { CLIENT_SECRET, providerOf, startOidcServer } from './__fixtures__/oidc-server.js';
import type { OidcServer } from './__fixtures__/oidc-server.js';

const ENV = { OIDC_SECRET: CLIENT_SECRET };

let oidc: OidcServer;
beforeAll(async () => {
  oidc = await startOidcServer();
});
afterAll(() => oidc[Symbol.asyncDispose]());
beforeEach(() => {
  oidc.claims = { sub: 'ada', org: 'default', groups: ['ops'] };
});

async function signIn(target: TestGateway): Promise<string> {
  const { depart, come } = openBrowser(target);
  return come(oidc.consent(await depart()));
}

describe('what the operator has to mend', () => {
  const logged = (target: TestGateway, text: string) => expect.poll(() => target.logText()).toContain(text);

  it('is told by the log: the provider does not take the secret', async () => {
    const wrong = { OIDC_SECRET: 'Xt5mQe8rYw2nBv6zLk9cJs4hGp7dFa3u' };
    await using refused = await startGateway({ auth: { oidc: [providerOf(oidc.issuer)] } }, wrong);
    expect(await signIn(refused)).toBe('500 internal_error');
    await logged(refused, 'OAUTH_RESPONSE_BODY_ERROR invalid_client');
    await refused.stop();
    expectNoSecret(refused);
  });

  it('is told by the log: the secret cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-sign-in-'));
    const file = join(folder, 'secret');
    writeFileSync(file, CLIENT_SECRET);
    const provider = { ...providerOf(oidc.issuer), clientSecret: { file } };
    await using refused = await startGateway({ auth: { oidc: [provider] } });
    rmSync(folder, { recursive: true });
    expect(await signIn(refused)).toBe('500 internal_error');
    await logged(refused, 'ENOENT');
  });
});

it.each<readonly [string, object]>([
  ['plain HTTP to elsewhere', { issuer: 'http://id.example.com' }],
  ['another path to come back to', { redirectUri: 'https://gateway.example.com/elsewhere' }],
  ['no openid', { scopes: ['email'] }],
  ['no algorithm', { algorithms: ['none'] }],
  ['a shared secret', { algorithms: ['HS256'] }],
  ['an unknown setting', { tennantClaim: 'org' }],
])('K-22: a provider of identities is refused with %s', async (_, change) => {
  await expect(
    startGateway({ auth: { oidc: [{ ...providerOf('https://id.example.com'), ...change }] } }, ENV),
  ).rejects.toThrow('auth.oidc');
});

it('several providers of identities each have a path of their own to come back to', async () => {
  const oidcEntries = [providerOf('https://id.example.com'), providerOf('https://other.example.com')];
  await expect(startGateway({ auth: { oidc: oidcEntries } }, ENV)).rejects.toThrow('a path of its own');
});
