import { z } from 'zod';

/** A model as callers name it. Control characters have no business in a name that ends up in URLs, logs and headers. */
const modelName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must hold no control characters');

/**
 * The body of `POST /v1/rerank`, `/v2/rerank` and `/rerank`: version 2 of Cohere's API, and of version 1 what clients still
 * send. Fields that it does not name are carried as they are. npm cohere-ai 8.1.0, `V2RerankRequest`, `RerankRequest`.
 */
export const rerankRequestSchema = z.looseObject({
  model: modelName,
  query: z.string().min(1),
  documents: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).min(1),
  top_n: z.int().min(1).nullish(),
  max_tokens_per_doc: z.int().min(1).nullish(),
  /** Version 1. */
  return_documents: z.boolean().nullish(),
  /** Version 1: the fields of a document that count, in their order. */
  rank_fields: z.array(z.string()).min(1).nullish(),
});
export type RerankWire = z.infer<typeof rerankRequestSchema>;
