import express from 'express';
import type { Express, Request, Response } from 'express';
import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { answerCall } from './answer-call.js';
import type { AnswerDeps } from './answer-call.js';
import { methodNotAllowed, unknownUrl } from './refusals.js';
import type { Route } from './route.js';
import { runRefusal, runRoute } from './run-route.js';
import type { RouteDeps } from './run-route.js';

export type ExpressAppDeps = RouteDeps & AnswerDeps;

/** Every route that is not on the hot path, and the answers for all that is no route. */
export function createExpressApp(routes: readonly Route[], deps: ExpressAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app[methodName(route)](path, (req, res) => answerRoute(route, { req, res }, deps));
  }
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(path, (req, res) => refuse(methodNotAllowed(req.method, methods), { req, res }, deps));
  }
  app.use((req, res) => refuse(unknownUrl(req.method, req.path), { req, res }, deps));
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line max-params -- see above
  app.use((cause: unknown, req: Request, res: Response, _next: unknown) => refuse(badPath(cause), { req, res }, deps));
  return app;
}

function methodName({ method }: Route): 'get' | 'post' | 'delete' {
  return method.toLowerCase() as 'get' | 'post' | 'delete';
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  for (const { path, method } of routes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(pattern, [...(methods.get(pattern) ?? []), method]);
  }
  return methods;
}

/** One of Express's own pairs. */
interface ExpressExchange {
  readonly req: Request;
  readonly res: Response;
}

function answerRoute(route: Route, { req, res }: ExpressExchange, deps: ExpressAppDeps): Promise<void> {
  const query = new URL(req.url, 'http://localhost').searchParams;
  const params = req.params as Readonly<Record<string, string>>;
  return answerCall((received) => runRoute(route, { received, params, query }, deps), { req, res }, deps);
}

function refuse(error: GatewayError, { req, res }: ExpressExchange, deps: ExpressAppDeps): Promise<void> {
  return answerCall(async (received) => runRefusal(error, { received, path: req.path }, deps), { req, res }, deps);
}

/** A path that cannot be decoded names nothing. */
function badPath(cause: unknown): GatewayError {
  const status = (cause as { status?: unknown } | null)?.status;
  return status === 400
    ? gatewayError('unknown_url', { message: 'Unknown URL.' })
    : gatewayError('internal_error', { cause });
}
