import { gatewayError, toGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, LedgerIntent, Principal, RequestRecord, Telemetry } from '@sluice/contract';
import { assertMay, isForCallers } from '@sluice/auth';
import type { KeyAuthenticator } from '@sluice/auth';
import { assertBodyType, assertRoute, parseBody } from '@sluice/core';
import type { Answer, ReceivedCall } from '@sluice/core';
import type { AuditActor, AuditLog } from '../audit/audit-log.js';
import { errorAnswer } from './error-answer.js';
import { sendsCredential } from './sends-credential.js';
import { assertOwnPage } from './sign-in/own-page.js';
import type { SessionCookies } from './sign-in/session-cookie.js';
import type { Route } from './route.js';

export interface RouteDeps {
  readonly authenticator: KeyAuthenticator;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly cookies: SessionCookies;
  onInternalError(cause: unknown): void;
}

export interface RouteInput {
  readonly received: ReceivedCall;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Answers one call of a route of the table: access first, then the route itself. Never rejects. */
export async function runRoute(route: Route, input: RouteInput, deps: RouteDeps): Promise<Answer> {
  const startedMs = deps.clock.monotonic();
  const { received, params, query } = input;
  let principal: Principal | undefined;
  let failure: GatewayError | undefined;
  let answer: Answer;
  // Probes come every second and say nothing: they are neither logged nor counted.
  const observed = route.access !== 'open';
  if (observed) deps.telemetry.opened(route.path);
  try {
    principal = await identify(route, received, deps);
    const actor = toActor(principal, received);
    if (isNoted(route)) await deps.audit.note(actor, actionOf(route), Object.values(params).join(' '));
    let isChanged = false;
    answer = await route.handle({
      params,
      query,
      headers: received.headers,
      ...(received.peer && { peer: received.peer }),
      ...(principal ? { principal } : {}),
      requestId: received.requestId,
      signal: received.signal,
      json: () => readJson(received, route.bodyLimitBytes),
      note: (who) => deps.audit.note(toActor(who, received), actionOf(route), ''),
      change(change) {
        isChanged = true;
        return deps.audit.change(actor, actionOf(route), change);
      },
    });
    if (route.audit === 'change' && !isChanged) assertRefused(answer, route);
  } catch (cause) {
    failure = toGatewayError(cause);
    if (failure.code === 'internal_error') deps.onInternalError(failure.cause ?? cause);
    answer = errorAnswer(failure, received, route.path);
  }
  const durationMs = deps.clock.monotonic() - startedMs;
  const ended = { path: route.path, received, principal, failure, status: answer.status, durationMs };
  if (observed) deps.telemetry.settled(toRecord(ended, deps.clock));
  return answer;
}

/** What logs and metrics call everything that is no route: callers can make up as many paths as they like. */
const NO_ROUTE = 'none';

/** Answers what no route of the table takes, and leaves a line in the log. */
export function runRefusal(
  error: GatewayError,
  { received, path }: { readonly received: ReceivedCall; readonly path: string },
  { telemetry, clock }: Pick<RouteDeps, 'telemetry' | 'clock'>,
): Answer {
  const answer = errorAnswer(error, received, path);
  telemetry.opened(NO_ROUTE);
  const ended = {
    path: NO_ROUTE,
    received,
    principal: undefined,
    failure: error,
    status: answer.status,
    durationMs: 0,
  };
  telemetry.settled(toRecord(ended, clock));
  return answer;
}

/** Leaves a line in the log for a request of which nothing is known but that its head was refused. */
export function noteRefusal(
  status: number,
  received: ReceivedCall,
  { telemetry, clock }: Pick<RouteDeps, 'telemetry' | 'clock'>,
): void {
  telemetry.opened(NO_ROUTE);
  const ended = { path: NO_ROUTE, received, principal: undefined, failure: undefined, status, durationMs: 0 };
  telemetry.settled(toRecord(ended, clock));
}

async function identify(route: Route, received: ReceivedCall, deps: RouteDeps): Promise<Principal | undefined> {
  const { access, path } = route;
  if (access === 'open' || access === 'sign-in') return undefined;
  const { principal: known, signal } = received;
  const principal =
    known ??
    (await identifyVisitor(route, received, deps)) ??
    (await deps.authenticator.authorize(received, access, signal));
  if (known) assertMay(known, access);
  assertRoute(principal, path);
  return principal;
}

/**
 * By the cookie of a session, where no other credential is sent: that one would count. What callers ask is not asked by cookie,
 * for pages of other origins may ask it too.
 */
async function identifyVisitor(
  { access, method }: Route,
  received: ReceivedCall,
  { authenticator, cookies }: RouteDeps,
): Promise<Principal | undefined> {
  const { headers } = received;
  if (access === 'open' || access === 'sign-in' || isForCallers(access)) return undefined;
  const id = headers['cookie'] === undefined ? undefined : cookies.read('session', received);
  if (id === undefined || sendsCredential(headers)) return undefined;
  if (method !== 'GET') assertOwnPage(headers);
  return authenticator.sessions?.authorize(id, received, access);
}

/** Whether a call is in the audit log before it does what it does. */
function isNoted({ path, method, audit }: Route): boolean {
  return method !== 'GET' && audit === undefined && path.startsWith('/admin/');
}

/** A change that bypasses the log is a fault of ours, which nobody is to find out by its rows. */
function assertRefused({ status }: Answer, route: Route): void {
  if (status >= 400) return;
  throw gatewayError('internal_error', { message: `${actionOf(route)} made no change through the audit log.` });
}

/** What the log calls it is what the API's description calls it. */
function actionOf({ openapi, method, path }: Route): string {
  return openapi.operationId ?? `${method} ${path}`;
}

function toActor(principal: Principal | undefined, { peer, requestId }: ReceivedCall): AuditActor {
  const address = peer?.remoteAddress;
  return {
    actor: principal?.keyId ?? '',
    actorName: principal?.keyName ?? '',
    role: principal?.role ?? '',
    tenant: principal?.tenant ?? '',
    requestId,
    ...(address === undefined ? {} : { address }),
  };
}

async function readJson(received: ReceivedCall, limit: number | undefined): Promise<unknown> {
  assertBodyType(received.headers, 'json');
  return parseBody(await received.readBody(limit));
}

interface Ended {
  readonly path: string;
  readonly received: ReceivedCall;
  readonly principal: Principal | undefined;
  readonly failure: GatewayError | undefined;
  readonly status: number;
  readonly durationMs: number;
}

function toRecord({ path, received, principal, failure, status, durationMs }: Ended, clock: Clock): RequestRecord {
  const settledAtMs = clock.now();
  const intent: LedgerIntent = {
    id: received.requestId,
    ...(received.clientRequestId === undefined ? {} : { clientRequestId: received.clientRequestId }),
    startedAtMs: settledAtMs - durationMs,
    keyId: principal?.keyId ?? '',
    tenant: principal?.tenant ?? '',
    route: path,
    requestedModel: '',
    stream: false,
  };
  return {
    ...intent,
    keyName: principal?.keyName ?? '',
    traceId: received.trace.traceId,
    spanId: received.trace.spanId,
    settledAtMs,
    status,
    ...(failure ? { errorCode: failure.code } : {}),
    attempts: [],
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    usageSource: 'unknown',
    durationMs,
    overheadMs: durationMs,
  };
}
