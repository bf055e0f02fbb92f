import { cohereRerank, rerankRequestSchema } from '@sluice/dialect-cohere';
import { endpoint } from './endpoint.js';
import type { Inference } from './endpoint.js';

/** Ranking, which Cohere's form is the common one for. */
export const COHERE: readonly Inference[] = [
  endpoint(
    { route: '/v1/rerank', operation: 'rerank', dialect: cohereRerank },
    { summary: 'Ranking of documents', body: rerankRequestSchema, aliases: ['/rerank', '/v2/rerank'] },
  ),
];
