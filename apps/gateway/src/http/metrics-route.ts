import { z } from 'zod';
import type { Route } from './route.js';

export interface Metrics {
  readonly contentType: string;
  readonly text: string;
}

/** `GET /metrics`, in the text form of Prometheus. */
export function createMetricsRoute(read: () => Promise<Metrics>): Route {
  return {
    method: 'GET',
    path: '/metrics',
    access: 'metrics:read',
    openapi: {
      operationId: 'getMetrics',
      summary: 'Metrics in Prometheus form',
      tags: ['metrics'],
      responses: { 200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } } },
    },
    async handle() {
      const { contentType, text } = await read();
      return { kind: 'plain', status: 200, headers: { 'content-type': contentType }, body: text };
    },
  };
}
