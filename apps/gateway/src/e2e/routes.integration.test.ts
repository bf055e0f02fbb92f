import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import { PROBE_PATHS } from './__fixtures__/probe-paths.js';

interface Operation {
  readonly security: readonly object[];
  /** The permission that it takes. */
  readonly 'x-sluice-permission'?: string;
}
interface Endpoint {
  readonly method: string;
  /** With something in the place of each name in braces. */
  readonly path: string;
  /** Whether it asks for no key. */
  readonly open: boolean;
  /** Whether it takes a permission that callers of models do not have. */
  readonly forOperators: boolean;
}

/** What callers ask of models. */
const FOR_MODELS = /^\/(v1|v2|v1beta|openai|passthrough)\/|^\/rerank$/;

// Many are refused, all from one address.
const gateway = await startGateway({ auth: { failures: { limit: 10_000 } } });
afterAll(() => gateway.close());
const endpoints = await readEndpoints();
const closed = endpoints.filter(({ open }) => !open);

async function readEndpoints(): Promise<readonly Endpoint[]> {
  const answer = await fetch(`${gateway.url}/openapi.json`, { headers: { 'x-api-key': gateway.adminKey } });
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security, 'x-sluice-permission': permission }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'some'),
      open: security.length === 0,
      forOperators: permission?.startsWith('models:') === false,
    })),
  );
}

interface ErrorAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly error: { readonly type?: string; readonly code?: string; readonly message?: string };
  readonly headers: Headers;
}

/** An error of any dialect: Cohere's stands at the top, Google's has its reason among the details. */
interface ErrorBody {
  readonly code?: string;
  readonly error?: ErrorAnswer['error'] & { readonly details?: readonly { readonly reason?: string }[] };
}

async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<ErrorAnswer> {
  const answer = await fetch(gateway.url + path, { method, headers });
  const body = JSON.parse(await answer.text()) as ErrorBody;
  const code = body.code ?? body.error?.details?.[0]?.reason ?? body.error?.code;
  const error = { ...body.error, ...(code === undefined ? {} : { code }) };
  return { status: answer.status, type: answer.headers.get('content-type'), error, headers: answer.headers };
}

describe('what /openapi.json describes', () => {
  it('is the probes, the models, the keys and whom they belong to, limits and budgets, the ledger, the configuration, the metrics and itself', () => {
    expect(closed.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'DELETE /admin/v1/budgets/some',
      'DELETE /admin/v1/cors',
      'DELETE /admin/v1/keys/some',
      'DELETE /admin/v1/limits/some',
      'DELETE /admin/v1/orgs/some',
      'DELETE /admin/v1/providers/some/key',
      'DELETE /admin/v1/teams/some',
      'DELETE /admin/v1/users/some',
      'DELETE /passthrough/some/some',
      'DELETE /v1/responses/some',
      'GET /admin/v1/audit',
      'GET /admin/v1/breakers',
      'GET /admin/v1/budgets',
      'GET /admin/v1/catalogue',
      'GET /admin/v1/config',
      'GET /admin/v1/cors',
      'GET /admin/v1/drills',
      'GET /admin/v1/keys',
      'GET /admin/v1/limits',
      'GET /admin/v1/orgs',
      'GET /admin/v1/orgs/some',
      'GET /admin/v1/providers',
      'GET /admin/v1/requests',
      'GET /admin/v1/requests/some',
      'GET /admin/v1/spend',
      'GET /admin/v1/teams',
      'GET /admin/v1/teams/some',
      'GET /admin/v1/users',
      'GET /admin/v1/users/some',
      'GET /health/providers',
      'GET /metrics',
      'GET /openapi.json',
      'GET /passthrough/some/some',
      'GET /v1/models',
      'GET /v1/models/some',
      'GET /v1/responses/some',
      'GET /v1/responses/some/input_items',
      'PATCH /passthrough/some/some',
      'POST /admin/v1/breakers/some/open',
      'POST /admin/v1/breakers/some/reset',
      'POST /admin/v1/budgets',
      'POST /admin/v1/budgets/some/raise',
      'POST /admin/v1/catalogue/refresh',
      'POST /admin/v1/config/reload',
      'POST /admin/v1/cors',
      'POST /admin/v1/drills',
      'POST /admin/v1/explain',
      'POST /admin/v1/keys',
      'POST /admin/v1/keys/some/rotate',
      'POST /admin/v1/limits',
      'POST /admin/v1/orgs',
      'POST /admin/v1/orgs/some',
      'POST /admin/v1/providers/some/key',
      'POST /admin/v1/spend/recost',
      'POST /admin/v1/teams',
      'POST /admin/v1/teams/some',
      'POST /admin/v1/users',
      'POST /admin/v1/users/some',
      'POST /openai/deployments/some/audio/speech',
      'POST /openai/deployments/some/audio/transcriptions',
      'POST /openai/deployments/some/chat/completions',
      'POST /openai/deployments/some/completions',
      'POST /openai/deployments/some/embeddings',
      'POST /openai/deployments/some/images/generations',
      'POST /openai/v1/audio/speech',
      'POST /openai/v1/audio/transcriptions',
      'POST /openai/v1/chat/completions',
      'POST /openai/v1/completions',
      'POST /openai/v1/embeddings',
      'POST /openai/v1/images/generations',
      'POST /openai/v1/moderations',
      'POST /openai/v1/responses',
      'POST /passthrough/some/some',
      'POST /rerank',
      'POST /v1/audio/speech',
      'POST /v1/audio/transcriptions',
      'POST /v1/chat/completions',
      'POST /v1/completions',
      'POST /v1/embeddings',
      'POST /v1/images/generations',
      'POST /v1/messages',
      'POST /v1/messages/count_tokens',
      'POST /v1/models/some:batchEmbedContents',
      'POST /v1/models/some:countTokens',
      'POST /v1/models/some:embedContent',
      'POST /v1/models/some:generateContent',
      'POST /v1/models/some:streamGenerateContent',
      'POST /v1/moderations',
      'POST /v1/rerank',
      'POST /v1/responses',
      'POST /v1/responses/some/cancel',
      'POST /v1beta/models/some:batchEmbedContents',
      'POST /v1beta/models/some:countTokens',
      'POST /v1beta/models/some:embedContent',
      'POST /v1beta/models/some:generateContent',
      'POST /v1beta/models/some:streamGenerateContent',
      'POST /v2/rerank',
      'PUT /passthrough/some/some',
    ]);
  });

  it.each(closed)('$method $path refuses a call without a key', async ({ method, path }) => {
    const { status, type, headers, error } = await ask(method, path);
    expect([status, type, error.code]).toEqual([401, 'application/json; charset=utf-8', 'missing_api_key']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="sluice"');
    expect(headers.get('x-request-id')).toMatch(/^req_/);
  });

  it.each(closed)('$method $path refuses a call with a wrong key', async ({ method, path }) => {
    const { status, error } = await ask(method, path, { authorization: `Bearer sk-sluice-${'x'.repeat(43)}` });
    expect([status, error.code]).toEqual([401, 'invalid_api_key']);
  });

  it.each(closed.filter(({ forOperators }) => forOperators))(
    '$method $path refuses a key of a caller',
    async ({ method, path }) => {
      const { status, error } = await ask(method, path, { authorization: `Bearer ${gateway.key}` });
      expect([status, error.type, error.code]).toEqual([403, 'permission_error', 'route_not_allowed']);
    },
  );

  it.each(closed.filter(({ path }) => !FOR_MODELS.test(path)))('$method $path is for operators', (endpoint) => {
    expect(endpoint.forOperators).toBe(true);
  });
});

describe('credentials', () => {
  const models = async (headers: Record<string, string>): Promise<number> => {
    const answer = await fetch(`${gateway.url}/v1/models`, { headers });
    await answer.text();
    return answer.status;
  };

  it.each(['x-api-key', 'api-key', 'x-goog-api-key'])('are taken from %s', async (name) => {
    expect(await models({ [name]: gateway.key })).toBe(200);
  });

  it('that disagree are refused', async () => {
    expect(await models({ 'x-api-key': gateway.key, authorization: 'Bearer sk-sluice-other' })).toBe(401);
    expect(await models({ 'x-api-key': gateway.key, authorization: `Bearer ${gateway.key}` })).toBe(200);
  });

  it('of the operator open the models too', async () => {
    expect(await models({ authorization: `Bearer ${gateway.adminKey}` })).toBe(200);
  });

  it('that were revoked open nothing, at once', async () => {
    const operator = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers: operator, body: '{"name":"short"}' };
    const made = (await (await fetch(`${gateway.url}/admin/v1/keys`, init)).json()) as { id: string; key: string };
    expect(await models({ 'x-api-key': made.key })).toBe(200);
    const revoked = await fetch(`${gateway.url}/admin/v1/keys/${made.id}`, { method: 'DELETE', headers: operator });
    expect([revoked.status, revoked.headers.get('content-length')]).toEqual([204, null]);
    const { status, error } = await ask('GET', '/v1/models', { 'x-api-key': made.key });
    expect([status, error.code]).toEqual([401, 'revoked_api_key']);
  });
});

describe('what is not described', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1/unknown'],
    ['POST', '/v1/chat/completions/'],
    ['GET', '/V1/models'],
    ['GET', '/admin/v1/unknown'],
    ['GET', '/%zz'],
    ['GET', '/v1/models/%zz'],
  ])('%s %s is a 404 in JSON', async (method, path) => {
    const { status, type, error } = await ask(method, path, { authorization: `Bearer ${gateway.key}` });
    expect([status, type]).toEqual([404, 'application/json; charset=utf-8']);
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'unknown_url', param: null });
  });

  it.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['PUT', '/v1/messages', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['PATCH', '/admin/v1/keys', 'POST, GET'],
    ['POST', '/health/live', 'GET'],
  ])('%s %s is a 405 that names what is allowed', async (method, path, allow) => {
    const { status, headers, error } = await ask(method, path, { authorization: `Bearer ${gateway.key}` });
    expect([status, error.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', allow]);
  });
});

describe("Anthropic's clients", () => {
  const typesOf = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(gateway.url + path, { method, headers });
    const { type, error, request_id: id } = (await answer.json()) as Record<string, Record<string, string>>;
    expect(id).toBe(answer.headers.get('x-request-id'));
    return [answer.status, type, error?.['type']];
  };
  const version = { 'anthropic-version': '2023-06-01' };

  it.each([
    { call: ['GET', '/v1/unknown'], answer: [404, 'error', 'not_found_error'] },
    { call: ['GET', '/%zz'], answer: [404, 'error', 'not_found_error'] },
    { call: ['POST', '/v1/models'], answer: [405, 'error', 'invalid_request_error'] },
    { call: ['GET', '/v1/models'], answer: [401, 'error', 'authentication_error'] },
  ] as const)('read the answer to $call in their own shape', async ({ call: [method, path], answer }) => {
    expect(await typesOf(method, path, version)).toEqual(answer);
  });

  it.each([
    { call: ['GET', '/v1/messages'], answer: [405, 'error', 'invalid_request_error'] },
    { call: ['POST', '/v1/messages/batches'], answer: [404, 'error', 'not_found_error'] },
  ] as const)('are known by their path in $call', async ({ call: [method, path], answer }) => {
    expect(await typesOf(method, path)).toEqual(answer);
  });
});

describe('every answer', () => {
  it('keeps to its content type and does not name its maker', async () => {
    const answer = await gateway.call('/v1/models');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    await answer.text();
  });

  it.each(PROBE_PATHS)('of the probe %s says no more than that all is well', async (path) => {
    const answer = await fetch(gateway.url + path);
    expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
  });
});

describe('/metrics', () => {
  it('counts requests by their outcome', async () => {
    await (await gateway.call('/v1/chat/completions', { model: 'sim/echo', messages: [] })).text();
    const answer = await fetch(`${gateway.url}/metrics`, { headers: { 'x-api-key': gateway.adminKey } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^sluice_requests_total\{[^}]*status="400"[^}]*\} 1$/m);
  });
});

describe('the circuit of a target', () => {
  it('is held open and reset by the operator, and its provider is down meanwhile', async () => {
    const headers = { 'x-api-key': gateway.adminKey };
    const operate = async (method: string, path: string): Promise<unknown> =>
      (await fetch(gateway.url + path, { method, headers })).json();
    const call = async (): Promise<readonly [number, string | null]> => {
      const answer = await gateway.call('/v1/chat/completions', {
        model: 'sim/echo',
        messages: [{ role: 'user', content: 'hello' }],
      });
      const { error } = (await answer.json()) as ErrorBody;
      return [answer.status, error?.code ?? null];
    };
    const target = '/admin/v1/breakers/sim%2Fecho';
    expect(await call()).toEqual([200, null]);
    expect(await operate('GET', '/health/providers')).toMatchObject({ state: 'up' });
    expect(await operate('POST', `${target}/open`)).toMatchObject({ target: 'sim/echo', state: 'open', forced: true });
    expect(await call()).toEqual([503, 'no_healthy_provider']);
    expect(await operate('GET', '/health/providers')).toMatchObject({
      state: 'down',
      providers: [{ name: 'sim', keys: [{ reasons: [{ cause: 'forced_open', target: 'sim/echo' }] }] }],
    });
    expect(await operate('POST', `${target}/reset`)).toMatchObject({ state: 'closed', forced: false });
    expect(await call()).toEqual([200, null]);
    expect(await operate('GET', '/admin/v1/breakers')).toMatchObject({ data: [{ target: 'sim/echo', failures: 0 }] });
    expect(await operate('GET', '/health/providers')).toMatchObject({ state: 'up' });
  });
});
