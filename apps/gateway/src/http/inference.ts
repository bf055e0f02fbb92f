import type { CallMemory } from '@sluice/contract';
import { createPipeline } from '@sluice/core';
import type { Pipeline, Ports, SnapshotHolder } from '@sluice/core';
import { anthropicCountTokens, anthropicMessages, countTokensSchema, messagesSchema } from '@sluice/dialect-anthropic';
import {
  chatRequestSchema,
  embeddingsRequestSchema,
  openAiChat,
  openAiEmbeddings,
  openAiResponses,
  responsesRequestSchema,
} from '@sluice/dialect-openai';
import { z } from 'zod';
import { jsonContent } from './answers.js';
import type { Route } from './route.js';

/** What `/openapi.json` says of an endpoint that is answered by a pipeline instead of a handler. */
export type RouteDescription = Omit<Route, 'handle'>;

const CHAT = { route: '/v1/chat/completions', operation: 'chat', dialect: openAiChat } as const;
const EMBEDDINGS = { route: '/v1/embeddings', operation: 'embed', dialect: openAiEmbeddings } as const;
const RESPONSES = { route: '/v1/responses', operation: 'chat', dialect: openAiResponses } as const;
const MESSAGES = { route: '/v1/messages', operation: 'chat', dialect: anthropicMessages } as const;
const COUNT_TOKENS = {
  route: '/v1/messages/count_tokens',
  operation: 'countTokens',
  dialect: anthropicCountTokens,
} as const;

/** The endpoints that models answer, each `POST` and each with its own pipeline. */
export function createInference(
  snapshots: SnapshotHolder,
  ports: Ports,
  responses: CallMemory,
): ReadonlyMap<string, Pipeline> {
  return new Map([
    [CHAT.route, createPipeline(CHAT, snapshots, ports)],
    [EMBEDDINGS.route, createPipeline(EMBEDDINGS, snapshots, ports)],
    [RESPONSES.route, createPipeline({ ...RESPONSES, memory: responses }, snapshots, ports)],
    [MESSAGES.route, createPipeline(MESSAGES, snapshots, ports)],
    [COUNT_TOKENS.route, createPipeline(COUNT_TOKENS, snapshots, ports)],
  ]);
}

export const INFERENCE_DESCRIPTIONS: readonly RouteDescription[] = [
  describe(CHAT.route, 'Chat, in the OpenAI dialect', chatRequestSchema),
  describe(EMBEDDINGS.route, 'Embeddings, in the OpenAI dialect', embeddingsRequestSchema),
  describe(RESPONSES.route, 'Chat, in the dialect of OpenAI responses', responsesRequestSchema),
  describe(MESSAGES.route, 'Chat, in the Anthropic dialect', messagesSchema),
  describe(COUNT_TOKENS.route, "A prompt's tokens, in the Anthropic dialect", countTokensSchema),
];

function describe(path: string, summary: string, request: z.ZodType): RouteDescription {
  const answer = z.looseObject({}).meta({ description: "The vendor's own answer form." });
  return {
    method: 'POST',
    path,
    access: 'caller',
    openapi: {
      operationId: `post${path.replaceAll('/', '-')}`,
      summary,
      tags: ['models'],
      requestBody: { required: true, content: jsonContent(request) },
      responses: {
        200: {
          description: 'The answer, or a stream of server-sent events where the request asks for one.',
          content: { ...jsonContent(answer), 'text/event-stream': { schema: z.string() } },
        },
      },
    },
  };
}
