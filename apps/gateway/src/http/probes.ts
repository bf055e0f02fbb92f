import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import { jsonContent, noStore } from './answers.js';
import type { Route } from './route.js';

const probeAnswer = z.strictObject({ status: z.enum(['ok', 'unavailable']) }).meta({ description: 'No details.' });

const LIVE_PATHS = ['/health/live', '/healthz', '/health/liveliness', '/health/liveness'];
const READY_PATHS = ['/health/ready', '/readyz', '/health/readiness'];

/** The probes, under all their names. They are open and tell nothing but yes or no. */
export function createProbeRoutes({ isReady }: { readonly isReady: () => boolean }): readonly Route[] {
  return [
    ...LIVE_PATHS.map((path) => probe(path, 'Whether the process answers', () => true)),
    ...READY_PATHS.map((path) => probe(path, 'Whether the gateway takes requests', isReady)),
  ];
}

function probe(path: string, summary: string, isFine: () => boolean): Route {
  return {
    method: 'GET',
    path,
    access: 'open',
    openapi: {
      operationId: `probe${path.replaceAll('/', '-')}`,
      summary,
      tags: ['probes'],
      responses: {
        200: { description: 'Yes.', content: jsonContent(probeAnswer) },
        503: { description: 'No.', content: jsonContent(probeAnswer) },
      },
    },
    async handle() {
      return isFine()
        ? jsonAnswer(200, { status: 'ok' }, noStore)
        : jsonAnswer(503, { status: 'unavailable' }, noStore);
    },
  };
}
