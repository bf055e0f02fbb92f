import { gatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import { matchesWildcard } from '@sluice/toolkit';
import type { ConfiguredProvider, Snapshot } from '../snapshot.js';
import { createCandidate } from './plan.js';
import type { Candidate } from './plan.js';
import type { RouteQuestion } from './question.js';

/** A model's name, and where the caller wrote it. */
export interface AskedName {
  readonly name: string;
  /** `model`, or a place in the caller's list: `models[0]`. */
  readonly param: string;
}

/**
 * The one place for a name that is no alias: `provider/model`, else the one provider that lists the bare name or is known
 * to have it, else the only provider of the caller's own dialect. Throws `model_not_found` or `model_not_allowed`.
 */
export function resolve(snapshot: Snapshot, question: RouteQuestion, asked: AskedName): Candidate {
  const { provider, model } = findProvider(snapshot, question, asked);
  assertAllowed(question.principal, asked, `${provider.name}/${model}`);
  return toCandidate(provider, model);
}

interface Found {
  readonly provider: ConfiguredProvider;
  readonly model: string;
}

function findProvider(snapshot: Snapshot, question: RouteQuestion, asked: AskedName): Found {
  const { name: model } = asked;
  const slash = model.indexOf('/');
  const named = slash > 0 ? snapshot.providers.get(model.slice(0, slash)) : undefined;
  if (named && slash < model.length - 1) return { provider: named, model: model.slice(slash + 1) };
  const listing = havingModel(snapshot, model);
  if (listing.length === 1) return { provider: listing[0] as ConfiguredProvider, model };
  const native = listing.length === 0 && slash < 0 ? ofDialect(snapshot, question, model) : [];
  if (native.length === 1) return { provider: native[0] as ConfiguredProvider, model };
  throw notFound(snapshot, { asked, principal: question.principal, listing });
}

/** Who has a bare name: those who list it themselves; where nobody does, those who are known to have it. */
function havingModel(snapshot: Snapshot, model: string): readonly ConfiguredProvider[] {
  const providers = [...snapshot.providers.values()];
  const listing = providers.filter((provider) => provider.knownModels().has(model));
  return listing.length > 0 ? listing : providers.filter(({ catalogue }) => catalogue?.find(model) !== undefined);
}

function ofDialect(
  snapshot: Snapshot,
  { dialect, operation }: RouteQuestion,
  model: string,
): readonly ConfiguredProvider[] {
  return [...snapshot.providers.values()].filter(
    ({ provider, servesUnlisted }) =>
      servesUnlisted &&
      provider.operations[operation]?.passthroughs?.some(
        (one) => one.dialect === dialect && (one.serves?.(model) ?? true),
      ),
  );
}

interface NotFound {
  readonly asked: AskedName;
  readonly principal: Principal;
  readonly listing: readonly ConfiguredProvider[];
}

function notFound(snapshot: Snapshot, { asked: { name, param }, principal, listing }: NotFound): Error {
  // A key with a list of models learns nothing of what else there is.
  const providers = principal.models ? [] : [...snapshot.providers.keys()];
  const names = listing.map((provider) => `"${provider.name}/${name}"`);
  const hint =
    names.length > 1 && !principal.models
      ? `Several providers have it: ask for ${names.join(' or ')}.`
      : `Ask for an alias or for "provider/model"${providers.length > 0 ? `; providers: ${providers.join(', ')}` : ''}.`;
  return gatewayError('model_not_found', {
    message: `The model "${name}" does not exist here. ${hint}`,
    details: { param },
  });
}

/** Throws `model_not_allowed` where the key's list has neither the name as it was asked for nor the other one. */
export function assertAllowed(principal: Principal, { name, param }: AskedName, other?: string): void {
  if (mayUseModel(principal, name) || (other !== undefined && mayUseModel(principal, other))) return;
  throw gatewayError('model_not_allowed', {
    message: `This key may not use the model "${name}".`,
    details: { param },
  });
}

/** Throws `route_not_allowed` where the caller's list of endpoints does not have this one. */
export function assertRoute({ routes }: Principal, path: string): void {
  if (routes === undefined || routes.some((pattern) => matchesWildcard(pattern, path))) return;
  throw gatewayError('route_not_allowed', { message: `This key may not use the endpoint ${path}.` });
}

/** Whether a key's list of models has this name; without a list, every name. */
export function mayUseModel({ models }: Pick<Principal, 'models'>, name: string): boolean {
  return models?.some((pattern) => matchesWildcard(pattern, name)) ?? true;
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
