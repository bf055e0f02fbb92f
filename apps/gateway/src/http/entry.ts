import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayError } from '@sluice/contract';
import type { Answer, Pipeline, ReceivedCall } from '@sluice/core';
import { answerCall } from './answer-call.js';
import type { AnswerDeps } from './answer-call.js';
import { errorAnswer } from './error-answer.js';
import { createExpressApp } from './express-app.js';
import { createRouteFinder } from './find-route.js';
import { methodNotAllowed, unknownUrl } from './refusals.js';
import type { Route } from './route.js';
import { runRefusal, runRoute } from './run-route.js';
import type { RouteDeps } from './run-route.js';

export interface EntryDeps extends RouteDeps, AnswerDeps {
  /** True from when on everything gets a 503 `draining`. */
  isStopped(): boolean;
}

/** Everything that can be asked of a gateway, over a socket or in the process. */
export interface Entry {
  /** For `node:http`. The models' endpoints are reached before Express: their share of its cost would be the largest. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** The same table for callers in the process. */
  answer(method: string, url: URL, received: ReceivedCall): Promise<Answer>;
}

export function createEntry(
  inference: ReadonlyMap<string, Pipeline>,
  routes: readonly Route[],
  deps: EntryDeps,
): Entry {
  const elsewhere = new Map([...inference.keys()].map((path) => [path, ['POST']] as const));
  const app = createExpressApp(routes, { ...deps, elsewhere });
  const find = createRouteFinder(routes);
  return {
    handle(req, res) {
      req.url = toOriginForm(req.url ?? '/');
      const path = pathOf(req.url);
      const pipeline = req.method === 'POST' ? inference.get(path) : undefined;
      if (deps.isStopped()) void answerCall(async (received) => refuse(received, path), { req, res }, deps);
      else if (pipeline) void answerCall(pipeline, { req, res }, deps);
      else app(req, res);
    },
    async answer(method, { pathname, searchParams: query }, received) {
      if (deps.isStopped()) return refuse(received, pathname);
      const pipeline = method === 'POST' ? inference.get(pathname) : undefined;
      if (pipeline) return pipeline(received);
      const { route, params, allow } = find(method, pathname);
      if (route) return runRoute(route, { received, params, query }, deps);
      const methods = elsewhere.get(pathname) ?? allow;
      const error = methods.length > 0 ? methodNotAllowed(method, methods) : unknownUrl(method, pathname);
      return runRefusal(error, { received, path: pathname }, deps);
    },
  };
}

function refuse(received: ReceivedCall, path: string): Answer {
  return errorAnswer(gatewayError('draining', { details: { retryAfterMs: 1_000 } }), received, path);
}

/** A target that names a host as well, as proxies are asked, counts by its path alone. */
function toOriginForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return `${pathname}${search}`;
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
