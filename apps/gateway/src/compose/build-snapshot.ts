import { createCandidate, stableHash } from '@sluice/core';
import type { Alias, Candidate, ConfiguredProvider, DrainPolicy, RoutePolicy, Snapshot } from '@sluice/core';
import type { Catalogue } from '@sluice/catalogue';
import { toDetours } from './to-detours.js';
import type { Place } from './to-detours.js';
import { catalogueKindOf } from './catalogue.js';
import type { PooledProvider } from './pooled-provider.js';
import { DEFAULT_POLICY } from '../config/models-settings.js';
import type { AliasSettings } from '../config/models-settings.js';
import type { Config } from '../config/schema.js';
import { resolveTimeouts } from '../config/timeouts.js';

export interface SnapshotParts {
  readonly config: Config;
  readonly providers: ReadonlyMap<string, PooledProvider>;
  /** What a provider is known to serve. */
  knownModels(provider: string): ReadonlySet<string>;
  readonly catalogue: Catalogue;
}

/** The tables that requests are routed by, built once and frozen. The configuration has passed its checks. */
export function buildSnapshot({ config, providers, knownModels, catalogue }: SnapshotParts): Snapshot {
  const configured = new Map<string, ConfiguredProvider>();
  for (const [name, provider] of providers) {
    const settings = config.providers[name];
    const timeouts = resolveTimeouts(settings?.timeouts);
    // The simulator answers for its own models only, never for a name that nobody knows.
    const servesUnlisted = settings?.kind !== 'sim';
    configured.set(name, {
      name,
      provider,
      ...(provider.pool ? { pool: provider.pool } : {}),
      timeouts,
      servesUnlisted,
      servesRaw: settings?.passthrough !== false,
      knownModels: () => knownModels(name),
      ...(settings ? { catalogue: catalogue.of({ name, kind: catalogueKindOf(settings) }) } : {}),
    });
  }
  const aliases = new Map<string, Alias>();
  for (const [name, settings] of Object.entries(config.models)) {
    aliases.set(name, buildAlias(name, settings, { config, configured }));
  }
  return Object.freeze({ version: stableHash(config), providers: configured, aliases, defaultPolicy: DEFAULT_POLICY });
}

interface Tables {
  readonly config: Config;
  readonly configured: ReadonlyMap<string, ConfiguredProvider>;
}

function buildAlias(name: string, settings: AliasSettings, tables: Tables): Alias {
  return {
    name,
    strategy: settings.strategy,
    targets: settings.targets.map((target) => ({
      candidate: toCandidate(target, settings, tables),
      weight: target.weight ?? 1,
      ...(target.tags ? { tags: new Set(target.tags) } : {}),
    })),
    fallbacks: toFallbacks(settings, tables),
    ...toDetours(settings, (place) => toCandidate(place, settings, tables)),
    policy: toPolicy(settings),
  };
}

function toPolicy({ retries, fallbackOn, holdBack, continuation, hedge, onClientGone }: AliasSettings): RoutePolicy {
  const holds = holdBack.tokens > 0 || holdBack.ms > 0;
  return {
    retries,
    fallbackOn: new Set(fallbackOn),
    ...(holds ? { holdBack } : {}),
    ...(continuation === 'prefill' ? { continuation } : {}),
    ...(hedge.afterP95 ? { hedge: { maxExtraSpend: hedge.maxExtraSpend } } : {}),
    ...(onClientGone === 'abort' ? {} : { drain: toDrain(onClientGone) }),
  };
}

function toDrain(policy: 'drain' | { readonly drainTokens: number }): DrainPolicy {
  return { tokens: policy === 'drain' ? Number.POSITIVE_INFINITY : policy.drainTokens };
}

type OnlyOn = AliasSettings['fallbacks'][number]['on'];

function toCandidate(
  { provider, model }: Place,
  { timeouts }: AliasSettings,
  { config, configured }: Tables,
): Candidate {
  const found = configured.get(provider);
  if (!found) throw new Error(`There is no provider "${provider}".`);
  return createCandidate(found, model, resolveTimeouts(timeouts, config.providers[provider]?.timeouts));
}

/**
 * An alias among the fallbacks stands for its own targets, those kept for tags left out, and fallbacks, under the asking alias's timeouts. However the
 * aliases name each other, each of them and each target stands in the list once.
 */
function toFallbacks(settings: AliasSettings, tables: Tables): Candidate[] {
  const found = new Map<string, Candidate>();
  const seen = new Set<string>();
  const add = (place: Place, on: OnlyOn): void => {
    const candidate = toCandidate(place, settings, tables);
    if (!found.has(candidate.circuit))
      found.set(candidate.circuit, on ? { ...candidate, only: new Set(on) } : candidate);
  };
  // What an alias is asked for holds for all that it stands for.
  const follow = (fallbacks: AliasSettings['fallbacks'], within: OnlyOn): void => {
    for (const fallback of fallbacks) {
      const on = within ?? fallback.on;
      if ('provider' in fallback) add(fallback, on);
      else if (!seen.has(fallback.alias)) {
        seen.add(fallback.alias);
        const other = tables.config.models[fallback.alias];
        other?.targets.filter(({ tags }) => !tags).forEach((target) => add(target, on));
        follow(other?.fallbacks ?? [], on);
      }
    }
  };
  follow(settings.fallbacks, undefined);
  return [...found.values()];
}
