import type { KeyAdmin, TenancyAdmin } from '@sluice/auth';
import type { BackgroundResponses } from '@sluice/dialect-openai';
import type { AuditRepository, Clock, Ledger, ResponseRepository } from '@sluice/contract';
import type { LedgerRows, LedgerSpend } from '../compose/shared-ledger.js';
import { createAuditRoute } from './admin/audit.js';
import { createBreakerRoutes } from './admin/breakers.js';
import type { BreakerRoutesDeps } from './admin/breakers.js';
import { createCatalogueRoutes } from './admin/catalogue.js';
import type { CatalogueRoutesDeps } from './admin/catalogue.js';
import { createConfigRoutes } from './admin/config.js';
import type { ConfigControl } from './admin/config.js';
import type { ProviderEntries } from '../provider-keys/provider-entries.js';
import type { LiveCors } from '../cors/live-cors.js';
import { createBudgetRoutes } from './admin/budgets.js';
import type { BudgetRoutesDeps } from './admin/budgets.js';
import { createCorsRoutes } from './admin/cors.js';
import { createDrillRoutes } from './admin/drills.js';
import type { DrillRoutesDeps } from './admin/drills.js';
import { createExplainRoute } from './admin/explain.js';
import type { ExplainDeps } from './admin/explain.js';
import { limitCreations } from './admin/limit-creations.js';
import { createLimitRoutes } from './admin/limits.js';
import type { LimitRoutesDeps } from './admin/limits.js';
import { createKeyRoutes } from './admin/keys.js';
import { createProviderRoutes } from './admin/providers.js';
import { createRequestRoutes } from './admin/requests.js';
import type { RequestRoutesDeps } from './admin/requests.js';
import { createRecostRoute } from './admin/recost.js';
import type { RecostRouteDeps } from './admin/recost.js';
import { createSpendRoute } from './admin/spend.js';
import { createTenancyRoutes } from './admin/tenancy.js';
import { INFERENCE_DESCRIPTIONS } from './inference.js';
import { createHealthRoute } from './health-route.js';
import type { WholeHealth } from './health-route.js';
import { createMetricsRoute } from './metrics-route.js';
import type { Metrics } from './metrics-route.js';
import { createModelsRoutes } from './models-routes.js';
import type { ListModels } from './models-routes.js';
import { createOpenApiRoute } from './openapi.js';
import { createProbeRoutes } from './probes.js';
import { RAW_DESCRIPTIONS } from './raw-passthrough.js';
import { createResponsesRoutes } from './responses-routes.js';
import type { Route } from './route.js';
import { createSignInRoutes } from './sign-in/sign-in-routes.js';
import type { SignInRoutesDeps } from './sign-in/sign-in-routes.js';

export interface RoutesDeps {
  readonly keys: KeyAdmin;
  readonly tenancy: TenancyAdmin;
  readonly people: SignInRoutesDeps;
  readonly reloads: ConfigControl;
  readonly liveCatalogue: CatalogueRoutesDeps['liveCatalogue'];
  readonly breakers: BreakerRoutesDeps;
  readonly cors: LiveCors;
  readonly providers: ProviderEntries;
  readonly limits: LimitRoutesDeps & Pick<BudgetRoutesDeps, 'readSpending'>;
  readonly ledger: Ledger;
  readonly rows: LedgerRows;
  readonly spend: LedgerSpend;
  readonly recost: RecostRouteDeps['recost'];
  readonly history: RequestRoutesDeps['history'];
  readonly auditRows: AuditRepository;
  readonly responses: ResponseRepository;
  readonly background: BackgroundResponses;
  readonly clock: Clock;
  readonly listModels: ListModels;
  readonly current: ExplainDeps['current'];
  readonly config: DrillRoutesDeps['config'];
  isReady(): boolean;
  health(): WholeHealth;
  metrics(): Promise<Metrics>;
}

/** Every route but the models' own endpoints, which have their pipelines. */
export function createRoutes(deps: RoutesDeps): readonly Route[] {
  const { keys, reloads, breakers, listModels, isReady, health, metrics, current } = deps;
  const routes = [
    ...createProbeRoutes({ isReady }),
    ...createModelsRoutes(listModels),
    ...createResponsesRoutes(deps),
    ...createSignInRoutes(deps.people),
    ...limitCreations([...createKeyRoutes(keys), ...createTenancyRoutes(deps.tenancy)], deps.clock),
    ...createConfigRoutes(reloads),
    ...createCatalogueRoutes(deps),
    ...createBreakerRoutes(breakers),
    ...createCorsRoutes(deps.cors),
    ...createProviderRoutes(deps.providers),
    ...createLimitRoutes(deps.limits),
    ...createBudgetRoutes({ ...deps.limits, clock: deps.clock }),
    createHealthRoute(health),
    ...createRequestRoutes(deps),
    createSpendRoute(deps),
    createRecostRoute(deps),
    createAuditRoute(deps.auditRows),
    createExplainRoute({ current, keys }),
    ...createDrillRoutes(deps),
    createMetricsRoute(metrics),
  ];
  return [...routes, createOpenApiRoute([...INFERENCE_DESCRIPTIONS, ...RAW_DESCRIPTIONS, ...routes])];
}
