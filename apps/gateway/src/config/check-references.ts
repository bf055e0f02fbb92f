import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import type { Config } from './schema.js';

type Aliases = Config['models'];
type Alias = Aliases[string];

/** What no single slice can see: names that nothing bears, aliases that lead back to themselves, weights that leave nobody. */
export function checkReferences({ models, providers }: Pick<Config, 'models' | 'providers'>): readonly ConfigProblem[] {
  const problems = Object.entries(models).flatMap(([name, alias]) => [
    ...unknownProviders(name, alias, providers),
    ...unknownAliases(name, alias, models),
    ...weightless(name, alias),
  ]);
  return [...problems, ...cycles(models)];
}

function unknownProviders(name: string, alias: Alias, providers: Config['providers']): readonly ConfigProblem[] {
  return (['targets', 'fallbacks'] as const).flatMap((list) =>
    alias[list].flatMap((entry, index) => {
      if (!('provider' in entry) || Object.hasOwn(providers, entry.provider)) return [];
      const path = formatPath(['models', name, list, index, 'provider']);
      return [{ path, reason: `there is no provider ${JSON.stringify(entry.provider)}` }];
    }),
  );
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

function aliasEdges(name: string, alias: Alias): readonly Edge[] {
  return alias.fallbacks.flatMap((entry, index) =>
    'alias' in entry
      ? [{ from: name, to: entry.alias, path: formatPath(['models', name, 'fallbacks', index, 'alias']) }]
      : [],
  );
}

function unknownAliases(name: string, alias: Alias, models: Aliases): readonly ConfigProblem[] {
  return aliasEdges(name, alias)
    .filter(({ to }) => !Object.hasOwn(models, to))
    .map(({ to, path }) => ({ path, reason: `there is no alias ${JSON.stringify(to)}` }));
}

function weightless(name: string, { strategy, targets }: Alias): readonly ConfigProblem[] {
  if (strategy === 'priority' || targets.some(({ weight = 1 }) => weight > 0)) return [];
  return [
    { path: formatPath(['models', name, 'targets']), reason: 'every weight is 0, so no target would ever be chosen' },
  ];
}

/** Every fallback on a way that leads around. */
function cycles(models: Aliases): readonly ConfigProblem[] {
  const edges = Object.entries(models).flatMap(([name, alias]) => aliasEdges(name, alias));
  const goingOn = withoutDeadEnds(edges, (edge) => [edge.from, edge.to]);
  const goingRound = withoutDeadEnds(goingOn, (edge) => [edge.to, edge.from]);
  return goingRound.map(({ path }) => ({ path, reason: 'this fallback is part of a circle of aliases' }));
}

/** Peels off, again and again, the edges whose end has no edge going on. Linear, and no recursion: a chain may be long. */
function withoutDeadEnds(
  edges: readonly Edge[],
  direction: (edge: Edge) => readonly [string, string],
): readonly Edge[] {
  const into = Map.groupBy(edges, (edge) => direction(edge)[1]);
  const outgoing = new Map<string, number>();
  for (const edge of edges) outgoing.set(direction(edge)[0], (outgoing.get(direction(edge)[0]) ?? 0) + 1);
  const dead = [...into.keys()].filter((node) => !outgoing.has(node));
  const removed = new Set<Edge>();
  for (let node = dead.pop(); node !== undefined; node = dead.pop()) {
    for (const edge of into.get(node) ?? []) {
      removed.add(edge);
      const [from] = direction(edge);
      const left = (outgoing.get(from) ?? 0) - 1;
      outgoing.set(from, left);
      if (left === 0) dead.push(from);
    }
  }
  return edges.filter((edge) => !removed.has(edge));
}
