import type { Principal } from '@sluice/contract';
import { mayUseModel } from '@sluice/core';
import type { Snapshot } from '@sluice/core';

/** Every name under which this principal may ask for a model: aliases, then `provider/model`. */
export function listModels(snapshot: Snapshot, principal: Principal | undefined): readonly string[] {
  const listed = [...snapshot.providers.values()].flatMap(({ name, knownModels }) =>
    [...knownModels()].map((model) => `${name}/${model}`),
  );
  return [...snapshot.aliases.keys(), ...listed].filter((name) => mayUseModel(principal ?? {}, name));
}
