import type { OpenedSession, Sessions, SignIn } from '@sluice/auth';
import { gatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import type { Route, RouteCall } from '../route.js';
import { MAX_PATH_CHARS, assertOwnPage, toOwnPath } from './own-page.js';
import type { SessionCookies } from './session-cookie.js';

export interface SignInRoutesDeps {
  readonly sessions: () => Sessions;
  readonly signIn: () => SignIn;
  readonly cookies: SessionCookies;
}

/** Whoever sends it is a stranger yet. */
const KEY_BODY_BYTES = 8_192;

const keyInput = z.strictObject({
  key: z.string().min(1).max(1_000).meta({ description: 'The admin key, or a key with a role.' }),
});
const sessionView = z
  .strictObject({
    name: z.string().meta({ description: 'What the log calls who signed in.' }),
    kind: z.enum(['admin', 'key', 'token']),
    role: z.string(),
    org: z.string(),
    team: z.string().nullable(),
    user: z.string().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' });

/** `/auth`: sessions of people. They are open, for who is not signed in yet has no credential to show. */
export function createSignInRoutes(deps: SignInRoutesDeps): readonly Route[] {
  return [showRoute(deps), openRoute(deps), loginRoute(deps), ...callbackRoutes(deps), logoutRoute(deps)];
}

const shared = { access: 'sign-in' } as const;
const toPage = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const;

function showRoute({ sessions, cookies }: SignInRoutesDeps): Route {
  return {
    ...shared,
    method: 'GET',
    path: '/auth/session',
    openapi: {
      operationId: 'showSession',
      summary: 'Who is signed in, by the cookie of the session',
      tags: ['sign-in'],
      responses: { 200: { description: 'The session.', content: jsonContent(sessionView) } },
    },
    async handle(call) {
      const id = cookies.read('session', call);
      if (id === undefined) throw gatewayError('missing_api_key', { message: 'Nobody is signed in.' });
      const { principal, expiresAtMs } = await sessions().find(id, call);
      return jsonAnswer(200, toView(principal, expiresAtMs), noStore);
    },
  };
}

function openRoute(deps: SignInRoutesDeps): Route {
  return {
    ...shared,
    method: 'POST',
    path: '/auth/session',
    bodyLimitBytes: KEY_BODY_BYTES,
    openapi: {
      operationId: 'signInByKey',
      summary: 'Sign in with the admin key, or with a key that has a role',
      tags: ['sign-in'],
      requestBody: { required: true, content: jsonContent(keyInput) },
      responses: { 201: { description: 'Signed in; the cookie is the session.', content: jsonContent(sessionView) } },
    },
    async handle(call) {
      assertOwnPage(call.headers);
      const { key } = parseInput(keyInput, await call.json());
      const headers = { authorization: `Bearer ${key}` };
      const opened = await deps.sessions().openByKey({ ...call, headers });
      const cookie = await begin(call, deps, opened);
      return jsonAnswer(201, toView(opened.principal, opened.expiresAtMs), { ...noStore, 'set-cookie': cookie });
    },
  };
}

function loginRoute({ signIn, cookies }: SignInRoutesDeps): Route {
  return {
    ...shared,
    method: 'GET',
    path: '/auth/login',
    openapi: {
      operationId: 'beginSignIn',
      summary: 'Sign in at a provider of identities',
      tags: ['sign-in'],
      requestParams: {
        query: z.object({
          issuer: z.string().max(200).optional().meta({ description: 'Which one. Absent: the first of `auth.oidc`.' }),
          returnTo: z
            .string()
            .max(MAX_PATH_CHARS)
            .optional()
            .meta({ description: 'Path to come back to. Default `/console`.' }),
        }),
      },
      responses: { 302: { description: 'On to the provider.' } },
    },
    async handle(caller) {
      const { query } = caller;
      const departure = await signIn().begin(query.get('issuer') ?? undefined, toOwnPath(query.get('returnTo')));
      const { url: location, sealed, maxAgeMs } = departure;
      const cookie = cookies.write('sign-in', sealed, { caller, maxAgeMs });
      return redirect(location, cookie);
    },
  };
}

const CALLBACK = '/auth/callback';

function callbackRoutes(deps: SignInRoutesDeps): readonly Route[] {
  const common = { ...shared, method: 'GET' } as const;
  const openapi = { tags: ['sign-in'], responses: { 302: { description: 'Signed in; the cookie is the session.' } } };
  return [
    {
      ...common,
      path: CALLBACK,
      openapi: {
        ...openapi,
        operationId: 'finishSignIn',
        summary: 'Where the provider of identities sends people back to',
      },
      handle: (call) => finish(call, deps, CALLBACK),
    },
    {
      ...common,
      path: `${CALLBACK}/{name}`,
      openapi: {
        ...openapi,
        operationId: 'finishSignInAt',
        summary: 'Where one of several providers of identities sends people back to',
        requestParams: {
          path: z.object({ name: z.string().meta({ description: 'The last part of its `redirectUri`.' }) }),
        },
      },
      handle: (call) => finish(call, deps, `${CALLBACK}/${call.params['name']}`),
    },
  ];
}

async function finish(call: RouteCall, deps: SignInRoutesDeps, path: string): Promise<Answer> {
  const sealed = deps.cookies.read('sign-in', call);
  const { person, returnTo } = await deps.signIn().finish(call.query, path, sealed);
  const opened = await deps.sessions().openFor(person);
  return redirect(returnTo, await begin(call, deps, opened));
}

function logoutRoute({ sessions, cookies }: SignInRoutesDeps): Route {
  return {
    ...shared,
    method: 'POST',
    path: '/auth/logout',
    openapi: {
      operationId: 'signOut',
      summary: 'End the session',
      tags: ['sign-in'],
      responses: { 204: { description: 'It is over.' } },
    },
    async handle(call) {
      assertOwnPage(call.headers);
      const id = cookies.read('session', call);
      const known =
        id === undefined
          ? undefined
          : await sessions()
              .find(id, call)
              .catch(() => undefined);
      if (id !== undefined) await sessions().end(id);
      if (known) await call.note(known.principal);
      const headers = { ...noStore, 'set-cookie': cookies.clear('session', call) };
      return { kind: 'plain', status: 204, headers, body: '' };
    },
  };
}

/** The cookie of a session that begins. Whatever session the browser had before is over: none can be put into it. */
async function begin(
  call: RouteCall,
  deps: SignInRoutesDeps,
  { id, principal, ttlMs }: OpenedSession,
): Promise<string> {
  const before = deps.cookies.read('session', call);
  if (before !== undefined) await deps.sessions().end(before);
  await call.note(principal);
  return deps.cookies.write('session', id, { caller: call, maxAgeMs: ttlMs });
}

function redirect(location: string, cookie: string): Answer {
  return { kind: 'plain', status: 302, headers: { ...toPage, location, 'set-cookie': cookie }, body: '' };
}

function toView(
  { kind, role, keyName, tenant, team, user }: Principal,
  expiresAtMs: number,
): z.input<typeof sessionView> {
  const whose = { org: tenant, team: team ?? null, user: user ?? null };
  return { name: keyName, kind, role, ...whose, expiresAt: new Date(expiresAtMs).toISOString() };
}
