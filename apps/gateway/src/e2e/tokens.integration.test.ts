import { generateKeyPairSync, sign } from 'node:crypto';
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createGateway } from '../index.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: object): string {
  const now = Math.floor(Date.now() / 1_000);
  const all = { iss: 'https://id.test', aud: 'sluice', sub: 'ada', iat: now, exp: now + 60, ...claims };
  const input = `${encode({ alg: 'ES256', kid: 'k1' })}.${encode(all)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Who issues the tokens, on loopback, as the operator's file may have it. */
async function startIssuer() {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(req.url ?? '');
    res.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks` };
}

it('a token of an issuer is a caller, an operator of its own organisation, and nobody elsewhere', async () => {
  const { seen, url } = await startIssuer();
  const issuer = {
    issuer: 'https://id.test',
    audience: 'sluice',
    jwksUrl: url,
    tenantClaim: 'org',
    roleClaim: 'role',
  };
  const gateway = createGateway(
    { auth: { jwt: [issuer] } },
    { dataDir: temporaryDir(), env: {}, logFd: openSync('/dev/null', 'a') },
  );
  onTestFinished(() => gateway.close());
  const ask = (path: string, claims: object, init: RequestInit = {}) =>
    gateway.handle(
      new Request(`http://gateway.test${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token(claims)}`, 'content-type': 'application/json' },
      }),
    );
  const body = JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content: 'hi' }] });
  expect((await ask('/v1/chat/completions', { org: 'acme' }, { method: 'POST', body })).status).toBe(200);
  expect((await ask('/admin/v1/requests', { org: 'acme' })).status).toBe(403);
  const own = await ask('/admin/v1/requests', { org: 'acme', role: 'viewer' });
  expect(await own.json()).toMatchObject({
    data: [{ tenant: 'acme', key: expect.stringMatching(/^token_/) as unknown }],
  });
  expect(await (await ask('/admin/v1/requests', { org: 'other', role: 'owner' })).json()).toMatchObject({ data: [] });
  const forged = await ask('/v1/models', { iss: 'https://evil.test' });
  expect([forged.status, forged.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="sluice"']);
  expect(await forged.json()).toMatchObject({ error: { code: 'invalid_token', type: 'invalid_request_error' } });
  expect(seen).toEqual(['/jwks']);
});
