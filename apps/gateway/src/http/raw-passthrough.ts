import type { HttpMethod } from '@sluice/contract';
import { RAW_ROUTE, createRawPipeline } from '@sluice/core';
import type { Pipeline, RawPipeline, RawPipelineParts } from '@sluice/core';
import { z } from 'zod';
import { writeErrorAt } from './error-answer.js';
import type { RouteDescription } from './inference/endpoint.js';

const PREFIX = '/passthrough/';
const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What finds the pipeline of a raw request. */
export interface RawPassthrough {
  /** The methods that pass. */
  readonly methods: readonly HttpMethod[];
  /** Nothing for a path of other endpoints, or for a method that does not pass. */
  find(method: string, path: string, search: string): Pipeline | undefined;
}

export function isRawPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** `/passthrough/{provider}/...`: a vendor's API in its own words. */
export function createRawPassthrough(parts: Omit<RawPipelineParts, 'writeError'>): RawPassthrough {
  const run: RawPipeline = createRawPipeline({
    ...parts,
    writeError: (error, received, { path }) => writeErrorAt(`/${path}`, error, received),
  });
  return {
    methods: METHODS,
    find(method, path, search) {
      const known = METHODS.find((one) => one === method);
      if (!isRawPath(path) || !known) return undefined;
      // Cut by hand, and not decoded: what the provider is asked is what the caller wrote.
      const rest = path.slice(PREFIX.length);
      const slash = rest.indexOf('/');
      const provider = slash < 0 ? rest : rest.slice(0, slash);
      const asked = { method: known, provider, path: slash < 0 ? '' : rest.slice(slash + 1), search };
      return (received) => run(received, asked);
    },
  };
}

const DESCRIBED = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** What `/openapi.json` says of it. */
export const RAW_DESCRIPTIONS: readonly RouteDescription[] = DESCRIBED.map((method) => ({
  method,
  path: `${RAW_ROUTE}/{path}`,
  access: 'models:call',
  openapi: {
    operationId: `${method.toLowerCase()}Passthrough`,
    summary: "A provider's API in its own words",
    description:
      'The path, which may have any number of parts, and the query are asked below the base address of the provider, with the credentials of the gateway. Bodies pass as they are.',
    tags: ['models'],
    requestParams: {
      path: z.object({
        provider: z.string().meta({ description: 'A key under `providers` of the configuration.' }),
        path: z.string().meta({ description: 'Whatever the API has, such as `chat/completions`.' }),
      }),
    },
    responses: { default: { description: 'What the provider answers.' } },
  },
}));
