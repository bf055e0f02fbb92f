import { gatewayError } from '@sluice/contract';
import type { Feature, Operation, OperationName, Target } from '@sluice/contract';
import type { Candidate } from './plan.js';
import type { RouteContext, RouteQuestion } from './question.js';
import type { Notes } from './reasons.js';

type Candidates = readonly Candidate[];

/**
 * The candidates that can do what is asked: the adapter, and the model as far as it is known. Throws `invalid_value`
 * where none can.
 */
export function keepAble(candidates: Candidates, { question, notes }: RouteContext): Candidates {
  const able = keep(candidates, (candidate) => isAble(candidate, question, notes));
  if (able.length === 0) throw unable(question, candidates);
  return reasoningFirst(countersFirst(able, question, notes), question, notes);
}

/** What fits, in its order; the very list where everything does. */
export function keep<T>(all: readonly T[], fits: (one: T) => boolean): readonly T[] {
  return all.every(fits) ? all : all.filter(fits);
}

export function isAble(candidate: Candidate, question: RouteQuestion, notes: Notes | undefined): boolean {
  const { provider, target } = candidate;
  const { operation, parsed } = question;
  if (!serves(candidate, question)) {
    const has = provider.provider.operations[operation];
    if (has) notes?.reject(candidate, 'feature_unsupported', `Its adapter lacks what is asked: ${asked(question)}.`);
    else notes?.reject(candidate, 'operation_unsupported', `Its provider has no ${ASKED[operation]}.`);
    return false;
  }
  const lacking = missing(target, parsed.features);
  if (lacking === undefined) return true;
  notes?.reject(candidate, 'feature_unsupported', `As far as is known, the model lacks ${lacking}.`);
  return false;
}

/** Those that count tokens themselves are asked before the gateway estimates. */
function countersFirst(candidates: Candidates, { operation }: RouteQuestion, notes: Notes | undefined): Candidates {
  if (operation !== 'countTokens') return candidates;
  const counts = ({ provider }: Candidate): boolean => provider.provider.operations.countTokens !== undefined;
  if (!candidates.some(counts)) return candidates;
  const note = (candidate: Candidate): void =>
    notes?.reject(candidate, 'counts_no_tokens', 'Its provider counts no tokens; another one does.');
  return partition(candidates, counts, note);
}

/** Where some models can reason as asked, the others are left out. */
function reasoningFirst(candidates: Candidates, { parsed }: RouteQuestion, notes: Notes | undefined): Candidates {
  if (!parsed.features.includes('reasoning')) return candidates;
  const reasons = ({ target }: Candidate): boolean => !target.facts?.cannot.has('reasoning');
  if (!candidates.some(reasons)) return candidates;
  const note = (candidate: Candidate): void =>
    notes?.reject(candidate, 'no_reasoning', 'The model does not reason; another one does.');
  return partition(candidates, reasons, note);
}

/** What fits; what does not is told. */
export function partition(
  candidates: Candidates,
  fits: (candidate: Candidate) => boolean,
  reject: (candidate: Candidate) => void,
): Candidates {
  return keep(candidates, (candidate) => {
    const is = fits(candidate);
    if (!is) reject(candidate);
    return is;
  });
}

/** Tokens of a prompt can be estimated for whoever chats. */
function serves({ provider: { provider } }: Candidate, { operation, parsed: { features } }: RouteQuestion): boolean {
  if (operation === 'countTokens' && !provider.operations.countTokens) return provider.operations.chat !== undefined;
  const found = provider.operations[operation] as Operation<unknown, unknown, unknown> | undefined;
  return found !== undefined && features.every((feature) => found.features.has(feature));
}

/** A feature that the model is known to lack. Reasoning is a wish: a model without it answers all the same. */
function missing({ facts }: Target, features: readonly Feature[]): Feature | undefined {
  if (!facts || features.length === 0) return undefined;
  return features.find((feature) => feature !== 'reasoning' && facts.cannot.has(feature));
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

function asked({ operation, parsed }: RouteQuestion): string {
  return [ASKED[operation], ...parsed.features].join(' with ');
}

function unable(question: RouteQuestion, candidates: Candidates): Error {
  const serving = candidates.filter((candidate) => serves(candidate, question));
  const lacking = new Set(serving.map(({ target }) => missing(target, question.parsed.features)));
  const reason = serving.length > 0 ? ` As far as is known, its models lack ${[...lacking].join(' and ')}.` : '';
  return gatewayError('invalid_value', {
    message: `No target of this model can serve ${asked(question)}.${reason}`,
    details: { param: 'model' },
  });
}
