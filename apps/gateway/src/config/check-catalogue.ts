import { createCatalogue, readSnapshot } from '@sluice/catalogue';
import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import type { Config } from './schema.js';

/** What is said of models that nobody serves, or that are to be like one that is not known. */
export function checkCatalogue({
  catalogue: { models },
  providers,
}: Pick<Config, 'catalogue' | 'providers'>): readonly ConfigProblem[] {
  const entries = Object.entries(models);
  // Reading the snapshot is worth it only where something is said.
  if (entries.length === 0) return [];
  const snapshot = createCatalogue(readSnapshot());
  const isPlace = (place: string): boolean => Object.hasOwn(providers, place) || snapshot.names(place).size > 0;
  return entries.flatMap(([name, { like }]) => {
    const { place } = splitName(name);
    if (!isPlace(place)) return [problem([name], `there is no provider and no kind ${JSON.stringify(place)}`)];
    if (like === undefined) return [];
    const base = splitName(like);
    if (snapshot.names(base.place).has(base.model)) return [];
    return [problem([name, 'like'], `the catalogue has no model ${JSON.stringify(like)}`)];
  });
}

function problem(path: readonly string[], reason: string): ConfigProblem {
  return { path: formatPath(['catalogue', 'models', ...path]), reason };
}

function splitName(name: string): { readonly place: string; readonly model: string } {
  const slash = name.indexOf('/');
  return { place: name.slice(0, slash), model: name.slice(slash + 1) };
}
