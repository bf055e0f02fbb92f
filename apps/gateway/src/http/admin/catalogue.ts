import { gatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import type { CatalogueState, LiveCatalogue } from '../../prices/live-catalogue.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import type { Route } from '../route.js';

export interface CatalogueRoutesDeps {
  readonly liveCatalogue: () => Pick<LiveCatalogue, 'state' | 'refresh'>;
  readonly clock: Pick<Clock, 'now'>;
}

const catalogueView = z
  .strictObject({
    version: z.string().meta({ description: 'Names what is in force; another catalogue has another one.' }),
    source: z.string().nullable().meta({
      description: 'Where it came from, without the query of an address; null: it came with the gateway.',
    }),
    models: z.int().nonnegative().meta({ description: 'Names of models at vendors.' }),
    gone: z.int().nonnegative().meta({
      description: 'Of them, those that the source has no more; what was known of them last still holds.',
    }),
    confirmedAt: z.iso.datetime().nullable().meta({ description: 'When its source last had it.' }),
    ageSeconds: z.number().nonnegative().nullable().meta({ description: 'How long ago that is.' }),
    lastFailure: z
      .strictObject({ at: z.iso.datetime(), reason: z.string() })
      .nullable()
      .meta({ description: 'The last attempt to refresh it, where that failed.' }),
  })
  .meta({ description: 'What is known of models and their prices, and where it came from.' });

const refreshInput = z.strictObject({
  acceptPriceChanges: z
    .boolean()
    .meta({ description: 'Takes prices that rise or fall by more than `catalogue.source.maxPriceFactor`.' })
    .exactOptional(),
});
const refreshView = catalogueView.safeExtend({
  changed: z.boolean().meta({ description: 'False where the source has what is in force.' }),
});

/** `/admin/v1/catalogue`. */
export function createCatalogueRoutes(deps: CatalogueRoutesDeps): readonly Route[] {
  return [showRoute(deps), refreshRoute(deps)];
}

function showRoute({ liveCatalogue, clock }: CatalogueRoutesDeps): Route {
  return {
    method: 'GET',
    path: '/admin/v1/catalogue',
    access: 'config:read',
    openapi: {
      operationId: 'showCatalogue',
      summary: 'Show which catalogue of models and prices is in force',
      tags: ['config'],
      responses: { 200: { description: 'The catalogue in force.', content: jsonContent(catalogueView) } },
    },
    handle: async () => jsonAnswer(200, toView(liveCatalogue().state, clock.now()), noStore),
  };
}

function refreshRoute({ liveCatalogue, clock }: CatalogueRoutesDeps): Route {
  return {
    method: 'POST',
    path: '/admin/v1/catalogue/refresh',
    access: 'config:write',
    openapi: {
      operationId: 'refreshCatalogue',
      summary: 'Read the source of the catalogue now',
      tags: ['config'],
      requestBody: { required: true, content: jsonContent(refreshInput) },
      responses: {
        200: { description: 'What the source has is in force.', content: jsonContent(refreshView) },
        400: { description: 'The last good one stays in force, or there is no source.' },
      },
    },
    async handle(call) {
      const { acceptPriceChanges: anyPrice = false } = parseInput(refreshInput, await call.json());
      const live = liveCatalogue();
      const result = await live.refresh({ anyPrice });
      if (!result) {
        throw gatewayError('invalid_value', {
          message: 'There is no catalogue.source: the catalogue is that of the release.',
        });
      }
      if (!result.ok) {
        throw gatewayError('invalid_value', { message: `The last good catalogue stays in force: ${result.reason}` });
      }
      return jsonAnswer(200, { ...toView(live.state, clock.now()), changed: result.changed }, noStore);
    },
  };
}

function toView({ version, source, models, gone, confirmedAtMs, failure }: CatalogueState, nowMs: number) {
  return {
    ...{ version, models, gone, source: source ?? null },
    confirmedAt: confirmedAtMs === undefined ? null : new Date(confirmedAtMs).toISOString(),
    ageSeconds: confirmedAtMs === undefined ? null : Math.max(0, nowMs - confirmedAtMs) / 1_000,
    lastFailure: failure ? { at: new Date(failure.atMs).toISOString(), reason: failure.reason } : null,
  };
}
