import type { CallMemory, ChatRequest } from '@sluice/contract';
import { createPipeline } from '@sluice/core';
import type { Endpoint, Pipeline, Ports, SnapshotHolder } from '@sluice/core';
import {
  anthropicCountTokens,
  anthropicMessages,
  countTokensSchema as anthropicCountTokensSchema,
  messagesSchema,
} from '@sluice/dialect-anthropic';
import { cohereRerank, rerankRequestSchema } from '@sluice/dialect-cohere';
import {
  batchEmbedContentsSchema,
  countTokensSchema,
  embedContentSchema,
  geminiBatchEmbed,
  geminiCountTokens,
  geminiEmbed,
  geminiGenerate,
  geminiStreamGenerate,
  generateContentSchema,
} from '@sluice/dialect-gemini';
import {
  chatRequestSchema,
  completionsRequestSchema,
  embeddingsRequestSchema,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiResponses,
  responsesRequestSchema,
} from '@sluice/dialect-openai';
import { z } from 'zod';
import { jsonContent } from './answers.js';
import type { Route } from './route.js';

/** What `/openapi.json` says of an endpoint that is answered by a pipeline instead of a handler. */
export type RouteDescription = Omit<Route, 'handle'>;

export interface InferenceParts {
  readonly snapshots: SnapshotHolder;
  readonly ports: Ports;
  /** For `/v1/responses`. */
  readonly responses: CallMemory;
}

interface Inference {
  /** One for each path that leads here. */
  readonly descriptions: readonly RouteDescription[];
  open(parts: InferenceParts): Pipeline;
}

const GEMINI = '/v1beta/models/{model}';
/** Google's SDKs ask here for what is stable by now, and there for the rest. */
const STABLE_GEMINI = '/v1/models/{model}';

/** Every endpoint that models answer, each `POST` and each with its own pipeline. */
const INFERENCE: readonly Inference[] = [
  endpoint(
    { route: '/v1/chat/completions', operation: 'chat', dialect: openAiChat },
    { summary: 'Chat, in the OpenAI dialect', body: chatRequestSchema },
  ),
  endpoint(
    { route: '/v1/responses', operation: 'chat', dialect: openAiResponses },
    { summary: 'Chat, in the dialect of OpenAI responses', body: responsesRequestSchema },
    ({ responses }) => ({ memory: responses }),
  ),
  endpoint(
    { route: '/v1/completions', operation: 'chat', dialect: openAiCompletions },
    { summary: 'Texts to go on with, in the OpenAI dialect', body: completionsRequestSchema },
  ),
  endpoint(
    { route: '/v1/embeddings', operation: 'embed', dialect: openAiEmbeddings },
    { summary: 'Embeddings, in the OpenAI dialect', body: embeddingsRequestSchema },
  ),
  endpoint(
    { route: '/v1/messages', operation: 'chat', dialect: anthropicMessages },
    { summary: 'Chat, in the Anthropic dialect', body: messagesSchema },
  ),
  endpoint(
    { route: '/v1/messages/count_tokens', operation: 'countTokens', dialect: anthropicCountTokens },
    { summary: "A prompt's tokens, in the Anthropic dialect", body: anthropicCountTokensSchema },
  ),
  endpoint(
    { route: '/v1/rerank', operation: 'rerank', dialect: cohereRerank },
    { summary: 'Ranking, in the Cohere dialect', body: rerankRequestSchema, alias: ['/v2/rerank', '/rerank'] },
  ),
  endpoint(
    { route: `${GEMINI}:generateContent`, operation: 'chat', dialect: geminiGenerate },
    { summary: 'Chat, in the Gemini dialect', body: generateContentSchema, alias: `${STABLE_GEMINI}:generateContent` },
  ),
  endpoint(
    { route: `${GEMINI}:streamGenerateContent`, operation: 'chat', dialect: geminiStreamGenerate },
    {
      summary: 'Chat as a stream, in the Gemini dialect',
      body: generateContentSchema,
      alias: `${STABLE_GEMINI}:streamGenerateContent`,
    },
  ),
  endpoint(
    { route: `${GEMINI}:countTokens`, operation: 'countTokens', dialect: geminiCountTokens },
    { summary: 'Token counts, in the Gemini dialect', body: countTokensSchema, alias: `${STABLE_GEMINI}:countTokens` },
  ),
  endpoint(
    { route: `${GEMINI}:embedContent`, operation: 'embed', dialect: geminiEmbed },
    {
      summary: 'An embedding, in the Gemini dialect',
      body: embedContentSchema,
      alias: `${STABLE_GEMINI}:embedContent`,
    },
  ),
  endpoint(
    { route: `${GEMINI}:batchEmbedContents`, operation: 'embed', dialect: geminiBatchEmbed },
    {
      summary: 'Embeddings, in the Gemini dialect',
      body: batchEmbedContentsSchema,
      alias: `${STABLE_GEMINI}:batchEmbedContents`,
    },
  ),
];

export function createInference(parts: InferenceParts): ReadonlyMap<string, Pipeline> {
  return new Map(
    INFERENCE.flatMap(({ descriptions, open }) => {
      const pipeline = open(parts);
      return descriptions.map(({ path }) => [path, pipeline] as const);
    }),
  );
}

export const INFERENCE_DESCRIPTIONS: readonly RouteDescription[] = INFERENCE.flatMap(
  ({ descriptions }) => descriptions,
);

interface About {
  readonly summary: string;
  /** The request's body. */
  readonly body: z.ZodType;
  /** Other paths to the same endpoint. */
  readonly alias?: string | readonly string[];
}

function endpoint<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  row: Endpoint<Request, Result, Event>,
  about: About,
  plugged: (parts: InferenceParts) => Partial<Endpoint<Request, Result, Event>> = () => ({}),
): Inference {
  return {
    descriptions: [row.route, ...[about.alias ?? []].flat()].map((path) => describe(path, about)),
    open: (parts) => createPipeline({ ...row, ...plugged(parts) }, parts.snapshots, parts.ports),
  };
}

function describe(path: string, { summary, body }: About): RouteDescription {
  const answer = z.looseObject({}).meta({ description: "The vendor's own answer form." });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()] as const);
  return {
    method: 'POST',
    path,
    access: 'caller',
    openapi: {
      operationId: `post${path.replaceAll(/[/:{}]+/g, '-').replace(/-$/, '')}`,
      summary,
      tags: ['models'],
      ...(names.length > 0 ? { requestParams: { path: z.object(Object.fromEntries(names)) } } : {}),
      requestBody: { required: true, content: jsonContent(body) },
      responses: {
        200: {
          description: 'The answer, or a stream of server-sent events where the request asks for one.',
          content: { ...jsonContent(answer), 'text/event-stream': { schema: z.string() } },
        },
      },
    },
  };
}
