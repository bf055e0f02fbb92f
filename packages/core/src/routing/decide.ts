import { gatewayError } from '@sluice/contract';
import type { DialectId, Feature, Operation, OperationName, Principal, Target } from '@sluice/contract';
import type { Alias, ConfiguredProvider, Snapshot, WeightedCandidate } from '../snapshot.js';
import { createCandidate } from './plan.js';
import type { Candidate, Plan } from './plan.js';
import { orderByWeight } from './weighted.js';

export interface RouteQuestion {
  /** As the caller wrote it. */
  readonly model: string;
  readonly operation: OperationName;
  readonly dialect: DialectId;
  readonly features: readonly Feature[];
  readonly principal: Principal;
}

/**
 * Turns a model name into the places that may answer: an alias, then `provider/model`, then the one provider that lists
 * the bare name or is known to have it, then the only provider of the caller's own dialect. Throws `model_not_found`, `model_not_allowed`, or
 * `invalid_value` when no target can do what the request asks.
 */
export function decide(snapshot: Snapshot, question: RouteQuestion, random: () => number): Plan {
  const alias = snapshot.aliases.get(question.model);
  if (alias) return planAlias(alias, question, random);
  const found = findProvider(snapshot, question);
  assertAllowed(question.principal, [question.model, `${found.provider.name}/${found.model}`]);
  const candidate = toCandidate(found.provider, found.model);
  return { candidates: able([candidate], question), policy: snapshot.defaultPolicy };
}

function planAlias(alias: Alias, question: RouteQuestion, random: () => number): Plan {
  assertAllowed(question.principal, [alias.name]);
  const candidates =
    alias.strategy === 'weighted' ? toOrder(alias, orderByWeight(alias.targets, random)) : fixedOrder(alias);
  return { alias: alias.name, candidates: able(candidates, question), policy: alias.policy };
}

const fixedOrders = new WeakMap<Alias, readonly Candidate[]>();

/** The order of an alias whose strategy draws no lots is the same for every request. */
function fixedOrder(alias: Alias): readonly Candidate[] {
  let order = fixedOrders.get(alias);
  if (!order) fixedOrders.set(alias, (order = toOrder(alias, alias.targets)));
  return order;
}

function toOrder({ fallbacks }: Alias, targets: readonly WeightedCandidate[]): readonly Candidate[] {
  const first = targets.map(({ candidate }) => candidate);
  // A target that has failed is not asked again because a fallback names it too.
  return [...first, ...fallbacks.filter(({ circuit }) => first.every((candidate) => candidate.circuit !== circuit))];
}

interface Found {
  readonly provider: ConfiguredProvider;
  readonly model: string;
}

function findProvider(snapshot: Snapshot, question: RouteQuestion): Found {
  const { model } = question;
  const slash = model.indexOf('/');
  const named = slash > 0 ? snapshot.providers.get(model.slice(0, slash)) : undefined;
  if (named && slash < model.length - 1) return { provider: named, model: model.slice(slash + 1) };
  const listing = havingModel(snapshot, model);
  if (listing.length === 1) return { provider: listing[0] as ConfiguredProvider, model };
  const native = listing.length === 0 && slash < 0 ? ofDialect(snapshot, question) : [];
  if (native.length === 1) return { provider: native[0] as ConfiguredProvider, model };
  throw notFound(snapshot, question, listing);
}

/** Who has a bare name: those who list it themselves; where nobody does, those who are known to have it. */
function havingModel(snapshot: Snapshot, model: string): readonly ConfiguredProvider[] {
  const providers = [...snapshot.providers.values()];
  const listing = providers.filter((provider) => provider.knownModels().has(model));
  return listing.length > 0 ? listing : providers.filter(({ catalogue }) => catalogue?.find(model) !== undefined);
}

function ofDialect(snapshot: Snapshot, { dialect, model, operation }: RouteQuestion): ConfiguredProvider[] {
  return [...snapshot.providers.values()].filter(
    ({ provider, servesUnlisted }) =>
      servesUnlisted &&
      provider.operations[operation]?.passthroughs?.some(
        (one) => one.dialect === dialect && (one.serves?.(model) ?? true),
      ),
  );
}

function notFound(
  snapshot: Snapshot,
  { model, principal }: RouteQuestion,
  listing: readonly ConfiguredProvider[],
): Error {
  // A key with a list of models learns nothing of what else there is.
  const providers = principal.models ? [] : [...snapshot.providers.keys()];
  const names = listing.map(({ name }) => `"${name}/${model}"`);
  const hint =
    names.length > 1 && !principal.models
      ? `Several providers have it: ask for ${names.join(' or ')}.`
      : `Ask for an alias or for "provider/model"${providers.length > 0 ? `; providers: ${providers.join(', ')}` : ''}.`;
  return gatewayError('model_not_found', {
    message: `The model "${model}" does not exist here. ${hint}`,
    details: { param: 'model' },
  });
}

function assertAllowed(principal: Principal, names: readonly string[]): void {
  if (names.some((name) => mayUseModel(principal, name))) return;
  throw gatewayError('model_not_allowed', {
    message: `This key may not use the model "${names[0]}".`,
    details: { param: 'model' },
  });
}

/** Whether a key's list of models has this name; without a list, every name. */
export function mayUseModel({ models }: Pick<Principal, 'models'>, name: string): boolean {
  return models?.some((pattern) => matches(pattern, name)) ?? true;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

const remembered = new WeakMap<ConfiguredProvider, Map<string, Candidate>>();
const MAX_REMEMBERED = 1_000;

/** Candidates are kept per provider: the same few models are asked for again and again. */
function toCandidate(provider: ConfiguredProvider, model: string): Candidate {
  let known = remembered.get(provider);
  if (!known) remembered.set(provider, (known = new Map<string, Candidate>()));
  let candidate = known.get(model);
  if (!candidate) {
    candidate = createCandidate(provider, model);
    if (known.size < MAX_REMEMBERED) known.set(model, candidate);
  }
  return candidate;
}

/** Leaves out targets that lack the operation or a feature the request needs: the adapter, or the model where it is known. */
function able(candidates: readonly Candidate[], question: RouteQuestion): readonly Candidate[] {
  const fit = candidates.filter(
    ({ provider, target }) => serves(provider, question) && missing(target, question.features) === undefined,
  );
  if (fit.length > 0) return reasoningFirst(countersFirst(fit, question), question.features);
  const serving = candidates.filter(({ provider }) => serves(provider, question));
  throw unable(question, serving);
}

/** Those that count tokens themselves are asked before the gateway estimates. */
function countersFirst(candidates: readonly Candidate[], { operation }: RouteQuestion): readonly Candidate[] {
  if (operation !== 'countTokens') return candidates;
  const counting = candidates.filter(({ provider }) => provider.provider.operations.countTokens);
  return counting.length > 0 ? counting : candidates;
}

/** Tokens of a prompt can be estimated for whoever chats. */
function serves({ provider }: ConfiguredProvider, { operation, features }: RouteQuestion): boolean {
  if (operation === 'countTokens' && !provider.operations.countTokens) return provider.operations.chat !== undefined;
  const found = provider.operations[operation] as Operation<unknown, unknown, unknown> | undefined;
  return found !== undefined && features.every((feature) => found.features.has(feature));
}

/** A feature that the model is known to lack. Reasoning is a wish: a model without it answers all the same. */
function missing({ facts }: Target, features: readonly Feature[]): Feature | undefined {
  if (!facts || features.length === 0) return undefined;
  return features.find((feature) => feature !== 'reasoning' && facts.cannot.has(feature));
}

/** Where some models can reason as asked, the others are left out. */
function reasoningFirst(candidates: readonly Candidate[], features: readonly Feature[]): readonly Candidate[] {
  if (!features.includes('reasoning')) return candidates;
  const reasoning = candidates.filter(({ target }) => !target.facts?.cannot.has('reasoning'));
  return reasoning.length > 0 ? reasoning : candidates;
}

/** What callers of an operation ask for. */
const ASKED: Readonly<Record<OperationName, string>> = {
  chat: 'chat',
  embed: 'embeddings',
  countTokens: 'counts of tokens',
  image: 'images',
  speech: 'speech',
  transcription: 'transcriptions',
  moderation: 'moderation',
  rerank: 'reranking',
};

function unable({ operation, features }: RouteQuestion, serving: readonly Candidate[]): Error {
  const asked = [ASKED[operation], ...features].join(' with ');
  const lacking = new Set(serving.map(({ target }) => missing(target, features)));
  const reason = serving.length > 0 ? ` As far as is known, its models lack ${[...lacking].join(' and ')}.` : '';
  return gatewayError('invalid_value', {
    message: `No target of this model can serve ${asked}.${reason}`,
    details: { param: 'model' },
  });
}
