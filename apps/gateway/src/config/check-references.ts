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
    ...doubleCanary(name, alias),
  ]);
  return [
    ...problems,
    ...cycles(
      Object.entries(models).flatMap(([name, alias]) => fallbackEdges(name, alias)),
      'fallback',
    ),
    ...cycles(
      Object.entries(models).flatMap(([name, alias]) => ruleEdges(name, alias)),
      'rule',
    ),
  ];
}

interface Place {
  readonly provider: string;
  readonly model: string;
}
type Reference<To> = { readonly to: To; readonly path: readonly (string | number)[] };

/** Every target that an alias names, and where. */
function placesOf(name: string, { targets, fallbacks, canary, rules = [] }: Alias): readonly Reference<Place>[] {
  const at = (to: Place | { readonly alias: string }, ...path: readonly (string | number)[]) =>
    'provider' in to ? [{ to, path: ['models', name, ...path] }] : [];
  return [
    ...targets.flatMap((target, index) => at(target, 'targets', index)),
    ...fallbacks.flatMap((fallback, index) => at(fallback, 'fallbacks', index)),
    ...(canary ? at(canary, 'canary') : []),
    ...rules.flatMap(({ use }, index) => at(use, 'rules', index, 'use')),
  ];
}

function unknownProviders(name: string, alias: Alias, providers: Config['providers']): readonly ConfigProblem[] {
  return placesOf(name, alias)
    .filter(({ to }) => !Object.hasOwn(providers, to.provider))
    .map(({ to, path }) => ({
      path: formatPath([...path, 'provider']),
      reason: `there is no provider ${JSON.stringify(to.provider)}`,
    }));
}

/** The share of a target on trial is its own: as one of the targets it would get more. */
function doubleCanary(name: string, { canary, targets }: Alias): readonly ConfigProblem[] {
  const isSame = (target: Place): boolean => target.provider === canary?.provider && target.model === canary.model;
  if (!targets.some(isSame)) return [];
  return [{ path: formatPath(['models', name, 'canary']), reason: 'this target is one of `targets` already' }];
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

function fallbackEdges(name: string, { fallbacks }: Alias): readonly Edge[] {
  return fallbacks.flatMap((entry, index) =>
    'alias' in entry
      ? [{ from: name, to: entry.alias, path: formatPath(['models', name, 'fallbacks', index, 'alias']) }]
      : [],
  );
}

function ruleEdges(name: string, { rules = [] }: Alias): readonly Edge[] {
  return rules.flatMap(({ use }, index) =>
    'alias' in use
      ? [{ from: name, to: use.alias, path: formatPath(['models', name, 'rules', index, 'use', 'alias']) }]
      : [],
  );
}

function unknownAliases(name: string, alias: Alias, models: Aliases): readonly ConfigProblem[] {
  return [...fallbackEdges(name, alias), ...ruleEdges(name, alias)]
    .filter(({ to }) => !Object.hasOwn(models, to))
    .map(({ to, path }) => ({ path, reason: `there is no alias ${JSON.stringify(to)}` }));
}

function weightless(name: string, { strategy, targets }: Alias): readonly ConfigProblem[] {
  if (strategy === 'priority' || targets.some(({ weight = 1 }) => weight > 0)) return [];
  return [
    { path: formatPath(['models', name, 'targets']), reason: 'every weight is 0, so no target would ever be chosen' },
  ];
}

/** Everything on a way that leads around. */
function cycles(edges: readonly Edge[], kind: 'fallback' | 'rule'): readonly ConfigProblem[] {
  const goingOn = withoutDeadEnds(edges, (edge) => [edge.from, edge.to]);
  const goingRound = withoutDeadEnds(goingOn, (edge) => [edge.to, edge.from]);
  return goingRound.map(({ path }) => ({ path, reason: `this ${kind} is part of a circle of aliases` }));
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
