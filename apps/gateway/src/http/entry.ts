import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { gatewayError } from '@sluice/contract';
import type { Answer, Pipeline, ReceivedCall } from '@sluice/core';
import type { Callers } from './caller.js';
import { createExpressApp } from './express-app.js';
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
      const found = find(method, url.pathname);
      if (found) return runRoute(found.route, { received, params: found.params, query: url.searchParams }, deps);
      return errorAnswer(gatewayError('unknown_url', { message: `Unknown URL: ${method} ${url.pathname}.` }));
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

interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Express's rule for our paths, without Express: segments are equal, or fill a name in braces. */
function createRouteFinder(routes: readonly Route[]): (method: string, path: string) => FoundRoute | undefined {
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const given = path.split('/');
    for (const { route, segments } of table) {
      if (route.method !== method || segments.length !== given.length) continue;
      const params = match(segments, given);
      if (params) return { route, params };
    }
    return undefined;
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
