import { createPublicKey, verify } from 'node:crypto';
import { gatewayError } from '@sluice/contract';
import type { JsonObject, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { createManualClock, createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { answering, keyFile, publicKey } from '../__fixtures__/google-cloud.js';
import { vertexSettings } from '../settings.js';
import { createMint } from './mint.js';

const signal = new AbortController().signal;
const place = { kind: 'vertex', project: 'p', location: 'global' };
const GRANTED = { access_token: 'ya29.token', expires_in: 3599, token_type: 'Bearer' };

/** Mints by this file, or by the machine where there is none; says what was asked for. */
function mint(file: string | undefined, send: ProviderDeps['send'] = () => Promise.resolve(answering(GRANTED))) {
  const sent: UpstreamRequest[] = [];
  const deps = createProviderDeps({
    clock: createManualClock(),
    secret: () => (file === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(file)),
    send: (request, aborted) => {
      sent.push(request);
      return send(request, aborted);
    },
  });
  const credentials = file === undefined ? {} : { credentials: { file: 'key.json' } };
  return { sent, token: createMint(vertexSettings.parse({ ...place, ...credentials }), deps)(signal) };
}

const formOf = ({ body }: UpstreamRequest) => Object.fromEntries(new URLSearchParams(String(body)));
const decoded = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

describe('a service account', () => {
  it('asks with an assertion that its key signs', async () => {
    const { sent, token } = mint(keyFile());
    expect(await token).toEqual({ headers: { authorization: 'Bearer ya29.token' }, lifetimeMs: 3_599_000 });
    const [request] = sent as [UpstreamRequest];
    const { grant_type: grant, assertion = '' } = formOf(request);
    const [header, claims, signature = ''] = assertion.split('.');
    const signed = Buffer.from(`${String(header)}.${String(claims)}`);
    const iat = Math.floor(createManualClock().now() / 1000);
    expect([request.method, request.url.href, request.headers['content-type'], grant]).toEqual([
      'POST',
      'https://oauth2.googleapis.com/token',
      'application/x-www-form-urlencoded',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]);
    expect([decoded(header), decoded(claims)]).toEqual([
      { alg: 'RS256', typ: 'JWT', kid: 'key-1' },
      {
        iss: 'gateway@suite.iam.gserviceaccount.com',
        scope: 'https://www.googleapis.com/auth/cloud-platform',
        aud: 'https://oauth2.googleapis.com/token',
        iat,
        exp: iat + 3600,
      },
    ]);
    expect(verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('asks where its file says', async () => {
    const { sent, token } = mint(keyFile({ token_uri: 'https://sts.test/token', private_key_id: undefined }));
    await token;
    const [header, claims] = (formOf(sent[0] as UpstreamRequest)['assertion'] ?? '').split('.');
    expect([sent[0]?.url.href, decoded(header), (decoded(claims) as JsonObject)['aud']]).toEqual([
      'https://sts.test/token',
      { alg: 'RS256', typ: 'JWT' },
      'https://sts.test/token',
    ]);
  });
});

it('a user asks with what the login left, and calls for the project that the user chose', async () => {
  const user = {
    type: 'authorized_user',
    client_id: 'c',
    client_secret: 's',
    refresh_token: 'r',
    quota_project_id: 'q',
  };
  const { sent, token } = mint(JSON.stringify(user));
  expect([(await token).headers, formOf(sent[0] as UpstreamRequest)]).toEqual([
    { authorization: 'Bearer ya29.token', 'x-goog-user-project': 'q' },
    { grant_type: 'refresh_token', client_id: 'c', client_secret: 's', refresh_token: 'r' },
  ]);
});

describe('without a file', () => {
  it('the metadata server is asked', async () => {
    const { sent, token } = mint(undefined);
    expect([(await token).headers, sent]).toEqual([
      { authorization: 'Bearer ya29.token' },
      [
        {
          method: 'GET',
          url: new URL('http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token'),
          headers: { 'metadata-flavor': 'Google', 'accept-encoding': 'identity' },
        },
      ],
    ]);
  });

  it('and without a metadata server there are no credentials', async () => {
    const { token } = mint(undefined, () => Promise.reject(gatewayError('upstream_connection_error')));
    await expect(token).rejects.toMatchObject({
      code: 'upstream_auth_error',
      message: 'No credentials are set for the provider, and no metadata server answers.',
    });
  });

  it('a server that answers too late is told as that', async () => {
    const { token } = mint(undefined, () => Promise.reject(gatewayError('upstream_timeout')));
    await expect(token).rejects.toMatchObject({ code: 'upstream_timeout' });
  });
});

describe('no token comes', () => {
  it.each([
    ['no JSON', 'not json', 'the file: '],
    ['another kind', JSON.stringify({ type: 'external_account' }), 'type: '],
    ['a part missing', keyFile({ client_email: undefined }), 'client_email: '],
    ['a key that is none', keyFile({ private_key: 'secret-looking' }), ''],
  ])('of a file with %s', async (_name, file, hint) => {
    const { sent, token } = mint(file);
    const error = (await token.catch((thrown: unknown) => thrown)) as Error;
    expect([error, sent]).toMatchObject([{ code: 'upstream_auth_error' }, []]);
    expect(String((error.cause as Error).message)).toContain(hint);
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('secret-looking');
  });

  it.each([
    [answering({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, 400), 'upstream_auth_error'],
    [answering({}, 404), 'upstream_auth_error'],
    [answering({}, 429), 'upstream_rate_limited'],
    [answering({}, 503), 'overloaded'],
    [answering({ access_token: '' }), 'upstream_invalid_response'],
    [answering({ access_token: 'a', expires_in: 'soon' }), 'upstream_invalid_response'],
  ])('of the answer %#', async (answer, code) => {
    await expect(mint(keyFile(), () => Promise.resolve(answer)).token).rejects.toMatchObject({ code });
  });

  it('and the words of the refusal are kept for the log', async () => {
    const refusal = answering({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, 400);
    const error = await mint(keyFile(), () => Promise.resolve(refusal)).token.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ cause: { message: 'invalid_grant: Invalid JWT Signature.' } });
  });
});
