import { z } from 'zod';
import { authSettings } from '@sluice/auth';
import type { AuthSettings } from '@sluice/auth';
import { breakerSettings } from '@sluice/breaker';
import type { BreakerSettings } from '@sluice/breaker';
import { cacheSettings } from '@sluice/cache';
import type { CacheSettings } from '@sluice/cache';
import { catalogueSettings } from '@sluice/catalogue';
import type { CatalogueSettings } from '@sluice/catalogue';
import type { ProviderDefinition } from '@sluice/contract';
import { responsesSettings } from '@sluice/dialect-openai';
import type { ResponsesSettings } from '@sluice/dialect-openai';
import { guardsSettings } from '@sluice/guards';
import type { GuardsSettings } from '@sluice/guards';
import { idempotencySettings } from '@sluice/idempotency';
import type { IdempotencySettings } from '@sluice/idempotency';
import { budgetsSettings, limitsSettings } from '@sluice/limits';
import type { BudgetsSettings, LimitsSettings } from '@sluice/limits';
import type { ConcurrencySettings } from '@sluice/overload';
import { telemetrySettings } from '@sluice/telemetry';
import type { TelemetrySettings } from '@sluice/telemetry';
import { corsSettings } from '../cors/settings.js';
import type { CorsSettings } from '../cors/settings.js';
import { historySettings } from '../history/settings.js';
import type { HistorySettings } from '../history/settings.js';
import { withConcurrency } from './concurrency.js';
import { withKeyPool } from './key-pool.js';
import { ledgerSettings } from './ledger-settings.js';
import type { LedgerSettings } from './ledger-settings.js';
import { modelsSettings } from './models-settings.js';
import type { AliasSettings } from './models-settings.js';
import { probeSettings } from './probe-settings.js';
import type { ProbeSettings } from './probe-settings.js';
import { serverSettings } from './server-settings.js';
import type { ServerSettings } from './server-settings.js';
import { timeoutSettings } from './timeouts.js';
import type { TimeoutSettings } from './timeouts.js';

/** What one provider's adapter takes, and what the app takes from every provider. */
export interface ProviderSettings extends ConcurrencySettings {
  readonly kind: string;
  readonly timeouts?: TimeoutSettings | undefined;
  /** Whether callers may ask it in its own words. */
  readonly passthrough?: boolean | undefined;
  readonly probe?: ProbeSettings | undefined;
  readonly [setting: string]: unknown;
}

/** By the name that callers use before the slash. */
export type Providers = Readonly<Record<string, ProviderSettings>>;

/** A configuration that passed its checks: frozen, every default filled in, secrets only as references. */
export interface Config {
  readonly server: ServerSettings;
  readonly cors?: CorsSettings | undefined;
  readonly auth: AuthSettings;
  readonly providers: Providers;
  readonly models: Readonly<Record<string, AliasSettings>>;
  readonly limits: LimitsSettings;
  readonly budgets: BudgetsSettings;
  readonly guards: GuardsSettings;
  readonly responses: ResponsesSettings;
  readonly ledger: LedgerSettings;
  readonly history: HistorySettings;
  readonly cache: CacheSettings;
  readonly idempotency: IdempotencySettings;
  readonly breaker: BreakerSettings;
  readonly telemetry: TelemetrySettings;
  readonly catalogue: CatalogueSettings;
}

/** A configuration as it is written: everything may be left out. */
export interface ConfigInput {
  readonly server?: z.input<typeof serverSettings> | undefined;
  readonly cors?: z.input<typeof corsSettings> | undefined;
  readonly auth?: z.input<typeof authSettings> | undefined;
  readonly providers?: Providers | undefined;
  readonly models?: z.input<typeof modelsSettings> | undefined;
  readonly limits?: z.input<typeof limitsSettings> | undefined;
  readonly budgets?: z.input<typeof budgetsSettings> | undefined;
  readonly guards?: z.input<typeof guardsSettings> | undefined;
  readonly responses?: z.input<typeof responsesSettings> | undefined;
  readonly ledger?: z.input<typeof ledgerSettings> | undefined;
  readonly history?: z.input<typeof historySettings> | undefined;
  readonly cache?: z.input<typeof cacheSettings> | undefined;
  readonly idempotency?: z.input<typeof idempotencySettings> | undefined;
  readonly breaker?: z.input<typeof breakerSettings> | undefined;
  readonly telemetry?: z.input<typeof telemetrySettings> | undefined;
  readonly catalogue?: z.input<typeof catalogueSettings> | undefined;
}

/** The schema of the operator's file, for the given adapters. Throws when two of them claim one kind. */
export function createConfigSchema(definitions: readonly ProviderDefinition[]): z.ZodType<Config, ConfigInput> {
  assertDistinct(definitions);
  return z
    .strictObject({
      server: serverSettings.prefault({}),
      cors: corsSettings.optional(),
      auth: authSettings.prefault({}),
      providers: providersSettings(definitions),
      models: modelsSettings,
      limits: limitsSettings.prefault({}),
      budgets: budgetsSettings,
      guards: guardsSettings,
      responses: responsesSettings.prefault({}),
      ledger: ledgerSettings.prefault({}),
      history: historySettings.prefault({}),
      cache: cacheSettings.prefault({}),
      idempotency: idempotencySettings.prefault({}),
      breaker: breakerSettings.prefault({}),
      telemetry: telemetrySettings.prefault({}),
      catalogue: catalogueSettings.prefault({}),
    })
    .meta({ title: 'Sluice configuration', description: "The operator's file, sluice.yaml." });
}

/** The JSON Schema that editors use for `sluice.yaml`. */
export function configJsonSchema(definitions: readonly ProviderDefinition[]): object {
  return z.toJSONSchema(createConfigSchema(definitions), { io: 'input' });
}

const providerId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dots, dashes and underscores, at most 64')
  .describe('The name that callers use before the slash in provider/model.');

function providersSettings(definitions: readonly ProviderDefinition[]): z.ZodType<Providers, Providers | undefined> {
  const kinds = definitions.map((definition) => withCommonSettings(definition));
  const [first, ...rest] = kinds;
  if (!first) return z.record(providerId, z.never()).default({});
  // Which adapters there are is known when the gateway starts, not when it is compiled.
  const settings = z.discriminatedUnion('kind', [first, ...rest]) as unknown as z.ZodType<
    ProviderSettings,
    ProviderSettings
  >;
  return z
    .record(providerId, settings)
    .default({})
    .describe('Accounts at vendors, and model servers. The key is the name callers use.');
}

function assertDistinct(definitions: readonly ProviderDefinition[]): void {
  const kinds = definitions.map(({ kind }) => kind);
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) throw new TypeError(`Two adapters claim the provider kind ${twice}.`);
}

const rawSetting = z
  .boolean()
  .describe('Whether callers may ask its API in its own words, at /passthrough/NAME. Default true.');

function withCommonSettings({ kind, settings }: ProviderDefinition): z.ZodObject {
  const isObject = settings instanceof z.ZodObject;
  if (!isObject) throw new TypeError(`The settings of provider kind ${kind} are not a zod object.`);
  return withConcurrency(withKeyPool(settings)).safeExtend({
    timeouts: timeoutSettings.optional(),
    passthrough: rawSetting.optional(),
    probe: probeSettings.optional(),
  });
}
