import { gatewayError } from '@sluice/contract';
import type { CallMemory, ChatRequest, GatewayError } from '@sluice/contract';
import { createPipeline, explainCall } from '@sluice/core';
import type {
  CallToExplain,
  Endpoint,
  Explanation,
  Pipeline,
  RoutingState,
  Snapshot,
  SnapshotHolder,
} from '@sluice/core';
import { z } from 'zod';
import { jsonContent } from '../answers.js';
import type { Route, RouteMethod } from '../route.js';

/** What `/openapi.json` says of an endpoint that is answered by a pipeline instead of a handler. */
export interface RouteDescription extends Omit<Route, 'handle' | 'method'> {
  readonly method: RouteMethod | 'PUT' | 'PATCH';
}

export interface InferenceParts {
  readonly snapshots: Pick<SnapshotHolder, 'acquire'>;
  /** For `/v1/responses`. */
  readonly responses: CallMemory;
  /** Takes secrets out of the words of a failure. */
  scrub(text: string): string;
}

/** An endpoint that models answer: a `POST` with a pipeline of its own. */
export interface Inference {
  /** One for each path that leads here. */
  readonly descriptions: readonly RouteDescription[];
  open(parts: InferenceParts): Pipeline;
  /** Where a call would go, and why. */
  readonly explain: ExplainCall;
}
export type ExplainCall = (call: CallToExplain, snapshot: Snapshot, state: RoutingState) => Explanation;

export interface About {
  readonly summary: string;
  /** The request's body. */
  readonly body: z.ZodType;
  /** Other paths to the same endpoint. */
  readonly aliases?: readonly string[];
}

export function endpoint<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  row: Endpoint<Request, Result, Event>,
  about: About,
  plugged: (parts: InferenceParts) => Partial<Endpoint<Request, Result, Event>> = () => ({}),
): Inference {
  const isForm = row.dialect.body === 'multipart';
  return {
    descriptions: [row.route, ...(about.aliases ?? [])].map((path) => describe(path, about, isForm)),
    open: (parts) => createPipeline(scrubbed({ ...row, ...plugged(parts) }, parts.scrub), parts.snapshots),
    explain: (call, snapshot, state) => explainCall(row, call, { snapshot, state }),
  };
}

/** Within a stream, and from what a provider says in an answer that looks fine, words come that no transport has seen whole. */
function scrubbed<Request, Result, Event>(
  row: Endpoint<Request, Result, Event>,
  scrub: InferenceParts['scrub'],
): Endpoint<Request, Result, Event> {
  const { dialect } = row;
  return {
    ...row,
    dialect: {
      ...dialect,
      writeError: (error, context) => dialect.writeError(withMessage(error, scrub), context),
      writeStreamError: (error, context) => dialect.writeStreamError(withMessage(error, scrub), context),
    },
  };
}

function withMessage(error: GatewayError, scrub: InferenceParts['scrub']): GatewayError {
  const message = scrub(error.message);
  return message === error.message
    ? error
    : gatewayError(error.code, { message, cause: error, details: error.details });
}

function describe(path: string, { summary, body }: About, isForm: boolean): RouteDescription {
  const answer = z.looseObject({}).meta({ description: "The vendor's own answer form." });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()] as const);
  return {
    method: 'POST',
    path,
    access: 'models:call',
    openapi: {
      operationId: `post${path.replaceAll(/[/:{}]+/g, '-').replace(/-$/, '')}`,
      summary,
      tags: ['models'],
      ...(names.length > 0 ? { requestParams: { path: z.object(Object.fromEntries(names)) } } : {}),
      requestBody: {
        required: true,
        content: isForm ? { 'multipart/form-data': { schema: body } } : jsonContent(body),
      },
      responses: {
        200: {
          description: 'The answer, or a stream of server-sent events where the request asks for one.',
          content: { ...jsonContent(answer), 'text/event-stream': { schema: z.string() } },
        },
      },
    },
  };
}
