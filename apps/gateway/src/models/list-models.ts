import type { Clock, Principal } from '@sluice/contract';
import { mayUseModel } from '@sluice/core';
import type { ConfiguredProvider, Snapshot } from '@sluice/core';

/**
 * Every name under which this principal may ask for a model: aliases, then `provider/model`. A provider's own list says
 * what it serves; where it gives none, the catalogue says what its kind serves and has not taken away.
 */
export function listModels(
  snapshot: Snapshot,
  principal: Principal | undefined,
  clock: Pick<Clock, 'now'>,
): readonly string[] {
  const today = new Date(clock.now()).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const listed = [...snapshot.providers.values()].flatMap((provider) =>
    modelsOf(provider, today).map((model) => `${provider.name}/${model}`),
  );
  return [...snapshot.aliases.keys(), ...listed].filter((name) => mayUseModel(principal ?? {}, name));
}

function modelsOf({ knownModels, catalogue }: ConfiguredProvider, today: string): readonly string[] {
  const own = knownModels();
  if (own.size > 0 || !catalogue) return [...own];
  return [...catalogue.names].filter((name) => (catalogue.find(name)?.retiresOn ?? today) >= today);
}
