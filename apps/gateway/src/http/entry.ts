import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import type { Answer, Pipeline, PlainAnswer, ReceivedCall } from '@sluice/core';
import type { Cors } from '../cors/cors.js';
import { answerCall } from './answer-call.js';
import type { AnswerDeps } from './answer-call.js';
import { errorAnswer } from './error-answer.js';
import { createExpressApp } from './express-app.js';
import type { Pressure } from '../health/pressure.js';
import { createRouteFinder } from './find-route.js';
import { createPipelineFinder } from './find-pipeline.js';
import type { FoundPipeline } from './find-pipeline.js';
import { methodNotAllowed, unknownUrl } from './refusals.js';
import { isRawPath } from './raw-passthrough.js';
import type { RawPassthrough } from './raw-passthrough.js';
import type { Route } from './route.js';
import { runRefusal, runRoute } from './run-route.js';
import type { RouteDeps } from './run-route.js';

const POST_ONLY = ['POST'] as const;

export interface EntryDeps extends RouteDeps, AnswerDeps {
  /** True from when on everything gets a 503 `draining`. */
  isStopped(): boolean;
  /** What the process is under; calls of models that come over a socket are refused while it sheds. */
  readonly pressure: Pick<Pressure, 'isShedding' | 'refuse'>;
}

/** Everything that can be asked of a gateway, over a socket or in the process. */
export interface Entry {
  /** For `node:http`. The models' endpoints are reached before Express: their share of its cost would be the largest. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  readonly cors: Cors;
  /** The same table for callers in the process. */
  answer(method: string, url: URL, received: ReceivedCall): Promise<Answer>;
}

/** What answers. */
export interface EntryTables {
  readonly inference: ReadonlyMap<string, Pipeline>;
  readonly raw: RawPassthrough;
  readonly routes: readonly Route[];
}

export function createEntry({ inference, raw, routes }: EntryTables, deps: EntryDeps): Entry {
  const findPipeline = createPipelineFinder(inference);
  const app = createExpressApp(routes, deps);
  const find = createRouteFinder(routes);
  return {
    cors: deps.cors,
    handle(req, res) {
      req.url = toOriginForm(req.url ?? '/');
      const path = pathOf(req.url);
      if (deps.isStopped()) return void answerCall(async (received) => refuse(received, path), { req, res }, deps);
      const asked = { method: req.method ?? '', path, url: req.url };
      const barred = deps.cors.intercept({ method: asked.method, path, headers: req.headers });
      if (barred)
        return void answerCall(async (received) => answerBarred(barred, { received, path }, deps), { req, res }, deps);
      const found = findPipeline(path);
      if (!found && !isRawPath(path)) return void app(req, res);
      if (deps.pressure.isShedding) return void answerCall(shedding(path, deps), { req, res }, deps);
      if (found) return void answerCall(pipelineFor(found, asked, deps), { req, res }, deps);
      void answerCall(rawPipelineFor(raw, asked, deps), { req, res }, deps);
    },
    async answer(method, { pathname, search, searchParams: query }, received) {
      if (deps.isStopped()) return refuse(received, pathname);
      const barred = deps.cors.intercept({ method, path: pathname, headers: received.headers });
      if (barred) return answerBarred(barred, { received, path: pathname }, deps);
      const asked = { method, path: pathname, url: `${pathname}${search}` };
      const found = findPipeline(pathname);
      if (found) return pipelineFor(found, asked, deps)(received);
      if (isRawPath(pathname)) return rawPipelineFor(raw, asked, deps)(received);
      const { route, params, allow } = find(method, pathname);
      if (route) return runRoute(route, { received, params, query }, deps);
      const error = allow.length > 0 ? methodNotAllowed(method, allow) : unknownUrl(method, pathname);
      return runRefusal(error, { received, path: pathname }, deps);
    },
  };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  /** With the query. */
  readonly url: string;
}

/** Models are only asked by POST. What the path says besides the endpoint goes along. */
function pipelineFor({ pipeline, params }: FoundPipeline, { method, path, url }: Asked, deps: RouteDeps): Pipeline {
  if (method !== 'POST') {
    return async (received) => runRefusal(methodNotAllowed(method, POST_ONLY), { received, path }, deps);
  }
  if (!params) return pipeline;
  const query = new URLSearchParams(url.slice(path.length));
  return (received) => pipeline({ ...received, params, query });
}

function rawPipelineFor(raw: RawPassthrough, { method, path, url }: Asked, deps: RouteDeps): Pipeline {
  const found = raw.find(method, path, url.slice(path.length));
  return found ?? (async (received) => runRefusal(methodNotAllowed(method, raw.methods), { received, path }, deps));
}

/** Before anybody is looked up or anything is read: it must cost next to nothing. */
function shedding(path: string, deps: EntryDeps): Pipeline {
  return async (received) => runRefusal(deps.pressure.refuse(), { received, path }, deps);
}

function answerBarred(
  barred: PlainAnswer | GatewayError,
  call: { readonly received: ReceivedCall; readonly path: string },
  deps: RouteDeps,
): Answer {
  return isGatewayError(barred) ? runRefusal(barred, call, deps) : barred;
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
