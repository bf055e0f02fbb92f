import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import type { LedgerHealth } from '../health/ledger-health.js';
import type { HealthReport } from '../health/provider-health.js';
import { jsonContent, noStore } from './answers.js';
import type { Route } from './route.js';

const state = z
  .enum(['up', 'degraded', 'down', 'unknown'])
  .meta({ description: 'As far as calls have shown; `unknown` where there were none.' });

const reason = z.strictObject({
  cause: z
    .enum([
      'circuit_open',
      'circuit_half_open',
      'forced_open',
      'resting',
      'key_open',
      'key_half_open',
      'key_forced_open',
      'failures',
      'probe_failed',
    ])
    .meta({ description: '`key_...`: the circuit of the key, the others: that of the target.' }),
  target: z.string().exactOptional().meta({ description: 'PROVIDER/MODEL; absent where it holds for every model.' }),
  retryAfterMs: z.number().exactOptional().meta({ description: 'Milliseconds until it may be asked again.' }),
  failureShare: z.number().exactOptional().meta({ description: 'Of its recent calls, 0 to 1.' }),
  errorCode: z.string().exactOptional().meta({ description: 'What the probe failed of.' }),
});

const key = z.strictObject({
  key: z.int().meta({ description: 'Its place in the pool of the provider, counted from 0.' }),
  state,
  reasons: z.array(reason),
  probe: z
    .strictObject({
      ok: z.boolean(),
      agoMs: z.int().meta({ description: 'Milliseconds since it ended.' }),
      tookMs: z.int(),
    })
    .exactOptional()
    .meta({ description: 'The last probe with it, where `providers.*.probe` is set and no request has asked since.' }),
});

const isUp = z.enum(['up', 'degraded']);
const ledger = z
  .strictObject({
    state: isUp,
    unwritten: z.int().meta({ description: 'Settlements in memory that the disk has not taken.' }),
    fault: z
      .string()
      .exactOptional()
      .meta({ description: 'What is wrong with where they are written; absent where nothing is.' }),
    postgres: z
      .strictObject({
        state: isUp,
        backlog: z.int().meta({ description: 'Rows that it does not have yet.' }),
        oldestAgeMs: z.number().meta({ description: 'Of the oldest of them.' }),
        refused: z.int().meta({ description: 'Rows that it refuses; they stay on this machine.' }),
      })
      .exactOptional()
      .meta({ description: 'Where the rows of all machines come together; absent without DATABASE_URL.' }),
  })
  .meta({ description: 'The rows of requests.' });

const healthReport = z
  .strictObject({
    state,
    ledger,
    providers: z.array(z.strictObject({ name: z.string(), state, keys: z.array(key) })),
  })
  .meta({
    description:
      'Of the providers: down where all are down, degraded where some are, up where what is known is up. Degraded too where the ledger is, unless they are down.',
  });

export type WholeHealth = HealthReport & { readonly ledger: LedgerHealth };

/** `GET /health/providers`: how the providers fare, by what calls and probes have shown. It asks them nothing, and is always 200. */
export function createHealthRoute(report: () => WholeHealth): Route {
  return {
    method: 'GET',
    path: '/health/providers',
    access: 'health:read',
    openapi: {
      operationId: 'getProviderHealth',
      summary: 'How providers and their keys fare',
      tags: ['health'],
      responses: { 200: { description: 'The report, whatever it says.', content: jsonContent(healthReport) } },
    },
    handle: async () => jsonAnswer(200, report(), noStore),
  };
}
