import type { Pipeline } from '@sluice/core';
import { ANTHROPIC } from './inference/anthropic.js';
import { COHERE } from './inference/cohere.js';
import type { ExplainCall, Inference, InferenceParts, RouteDescription } from './inference/endpoint.js';
import { GEMINI } from './inference/gemini.js';
import { AZURE, OPENAI } from './inference/openai.js';

/** Every endpoint that models answer. */
const INFERENCE: readonly Inference[] = [...OPENAI, ...AZURE, ...ANTHROPIC, ...GEMINI, ...COHERE];

/** The pipelines, by their paths. */
export function createInference(parts: InferenceParts): ReadonlyMap<string, Pipeline> {
  return new Map(
    INFERENCE.flatMap(({ descriptions, open }) => {
      const pipeline = open(parts);
      return descriptions.map(({ path }) => [path, pipeline] as const);
    }),
  );
}

/** How calls of each path are explained. */
export const EXPLAINERS: ReadonlyMap<string, ExplainCall> = new Map(
  INFERENCE.flatMap(({ descriptions, explain }) => descriptions.map(({ path }) => [path, explain] as const)),
);

export const INFERENCE_DESCRIPTIONS: readonly RouteDescription[] = INFERENCE.flatMap(
  ({ descriptions }) => descriptions,
);
