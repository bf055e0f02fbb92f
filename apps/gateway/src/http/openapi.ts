import { isForCallers } from '@sluice/auth';
import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiObject, ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { VERSION } from '../version.js';
import { jsonContent } from './answers.js';
import { errorBodyAt } from './error-bodies.js';
import type { RouteDescription } from './inference/endpoint.js';
import type { Access, Route } from './route.js';

const KEY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A key as OpenAI clients send it.' },
  xApiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key as Anthropic clients send it.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'A key as Azure clients send it.' },
  googleApiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-goog-api-key',
    description: 'A key as Google clients send it.',
  },
} as const;

const SESSION = {
  type: 'apiKey',
  in: 'cookie',
  name: '__Host-sluice-session',
  description:
    'The session of somebody who has signed in. Over plain HTTP to this machine it goes by `sluice-session`.',
} as const;

/** One credential is enough, wherever it stands. What callers ask is not asked by cookie. */
const BY_KEY = Object.keys(KEY_SCHEMES).map((scheme) => ({ [scheme]: [] }));
const BY_KEY_OR_SESSION = [...BY_KEY, { session: [] }];

/** The OpenAPI description of a table of routes. */
function createOpenApi(routes: readonly RouteDescription[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route) };
  }
  const description: ZodOpenApiObject = {
    openapi: '3.1.1',
    info: { title: 'Sluice', version: VERSION, description: 'The LLM gateway that survives its providers.' },
    paths,
    components: { securitySchemes: { ...KEY_SCHEMES, session: SESSION } },
  };
  return createDocument(description);
}

/** `GET /openapi.json`, which describes the given routes and itself. */
export function createOpenApiRoute(routes: readonly RouteDescription[]): Route {
  let text: string | undefined;
  const route: Route = {
    method: 'GET',
    path: '/openapi.json',
    access: 'api:read',
    openapi: {
      operationId: 'getOpenApi',
      summary: 'This description',
      tags: ['description'],
      responses: { 200: { description: 'An OpenAPI 3.1 document.', content: jsonContent(z.looseObject({})) } },
    },
    async handle() {
      // Made when it is first asked for: a start does not wait for it.
      text ??= JSON.stringify(createOpenApi([...routes, route]));
      return { ...jsonAnswer(200, undefined), body: text };
    },
  };
  return route;
}

function toOperation({ openapi, access, path }: RouteDescription): ZodOpenApiOperationObject {
  const failure = { description: 'A failure.', content: jsonContent(errorBodyAt(path)) };
  return {
    ...openapi,
    ...(!isOpen(access) && { 'x-sluice-permission': access }),
    security: security(access),
    responses: { ...openapi.responses, ...failures(access, failure) },
  };
}

function isOpen(access: Access): access is 'open' | 'sign-in' {
  return access === 'open' || access === 'sign-in';
}

function failures<T>(access: Access, failure: T): Partial<Record<'401' | '403' | 'default', T>> {
  return isOpen(access) ? { default: failure } : { 401: failure, 403: failure, default: failure };
}

function security(access: Access): { [scheme: string]: string[] }[] {
  if (isOpen(access)) return [];
  return isForCallers(access) ? BY_KEY : BY_KEY_OR_SESSION;
}
