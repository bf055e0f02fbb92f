import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Answer, Pipeline, ReceivedCall } from '@sluice/core';
import type { Callers } from './caller.js';
import { createExpressApp } from './express-app.js';
import { methodNotAllowed, unknownUrl } from './refusals.js';
import type { Route } from './route.js';
import { errorAnswer, runRoute } from './run-route.js';
import type { RouteDeps } from './run-route.js';
import { sendAnswer } from './send-answer.js';

export interface EntryDeps extends RouteDeps {
  readonly callers: Callers;
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
  const app: Express = createExpressApp(routes, { ...deps, elsewhere });
  const find = createRouteFinder(routes);
  return {
    handle(req, res) {
      const pipeline = req.method === 'POST' ? inference.get(pathOf(req.url ?? '')) : undefined;
      if (pipeline) void answerInference(pipeline, req, { res, deps });
      else app(req, res);
    },
    async answer(method, url, received) {
      const pipeline = method === 'POST' ? inference.get(url.pathname) : undefined;
      if (pipeline) return pipeline(received);
      const { pathname, searchParams: query } = url;
      const { route, params, allow } = find(method, pathname);
      if (route) return runRoute(route, { received, params, query }, deps);
      const methods = elsewhere.get(pathname) ?? allow;
      return errorAnswer(methods.length > 0 ? methodNotAllowed(method, methods) : unknownUrl(method, pathname));
    },
  };
}

async function answerInference(
  pipeline: Pipeline,
  req: IncomingMessage,
  { res, deps }: { readonly res: ServerResponse; readonly deps: EntryDeps },
): Promise<void> {
  const received = deps.callers.receive(req, res);
  const answer = await pipeline(received);
  await sendAnswer(res, answer, { received, clock: deps.clock });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

interface Found {
  /** Absent where no route has this path and this method. */
  readonly route?: Route;
  readonly params: Readonly<Record<string, string>>;
  /** The other methods that this path takes. */
  readonly allow: readonly string[];
}

/** Express's rule for our paths, without Express: segments are equal, or fill a name in braces. */
function createRouteFinder(routes: readonly Route[]): (method: string, path: string) => Found {
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const given = path.split('/');
    const allow: string[] = [];
    for (const { route, segments } of table) {
      const params = segments.length === given.length ? match(segments, given) : undefined;
      if (params && route.method === method) return { route, params, allow };
      if (params) allow.push(route.method);
    }
    return { params: {}, allow };
  };
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    if (segment.startsWith('{') && text !== '') {
      const value = decode(text);
      if (value === undefined) return undefined;
      params[segment.slice(1, -1)] = value;
    } else if (segment !== text) return undefined;
  }
  return params;
}

/** Nothing for what no decoder takes: such a path names nothing. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
