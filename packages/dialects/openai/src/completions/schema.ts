import { z } from 'zod';
import { modelName } from '../model-name.js';

const MAX_OUTPUT_TOKENS = 16_777_216;

const penalty = z.number().min(-2).max(2).nullish();
const flag = z.boolean().nullish();
const tokens = z.array(z.int().min(0)).min(1);

/** The body of `POST /v1/completions`, the endpoint before chat. Fields that it does not name are carried as they are. */
export const completionsRequestSchema = z.looseObject({
  model: modelName,
  prompt: z.union([z.string(), z.array(z.string()).min(1).max(2_048), tokens, z.array(tokens).min(1).max(2_048)]),
  suffix: z.string().nullish(),
  echo: flag,
  best_of: z.int().min(1).max(20).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
  max_tokens: z.int().min(0).max(MAX_OUTPUT_TOKENS).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(4)]).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  stream: flag,
  stream_options: z.looseObject({ include_usage: flag }).nullish(),
  user: z.string().nullish(),
});
export type CompletionsWire = z.infer<typeof completionsRequestSchema>;
