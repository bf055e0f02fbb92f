import type { Principal } from '@sluice/contract';
import type { Snapshot } from '@sluice/core';

/** Every name under which this principal may ask for a model: aliases, then `provider/model`. */
export function listModels(snapshot: Snapshot, principal: Principal | undefined): readonly string[] {
  const listed = [...snapshot.providers.values()].flatMap(({ name, knownModels }) =>
    [...knownModels()].map((model) => `${name}/${model}`),
  );
  const all = [...snapshot.aliases.keys(), ...listed];
  const models = principal?.models;
  if (!models) return all;
  return all.filter((name) => models.some((pattern) => allows(pattern, name)));
}

function allows(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
