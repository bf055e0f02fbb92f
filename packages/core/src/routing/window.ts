import { partition } from './fit.js';
import type { Candidate } from './plan.js';
import { promptTokens } from './prompt.js';
import type { RouteContext } from './question.js';

/**
 * Leaves out the models whose context the prompt does not fit, by an estimate; where it fits none, nobody: the estimate
 * may be wrong. A prompt that is short beyond doubt costs a comparison for each candidate.
 */
export function keepRoomy(candidates: readonly Candidate[], { question, notes }: RouteContext): readonly Candidate[] {
  const { operation, bodyBytes } = question;
  // No prompt has more tokens than its body has bytes.
  if (operation !== 'chat' || candidates.every((candidate) => takes(candidate, bodyBytes))) return candidates;
  const tokens = promptTokens(question);
  if (!candidates.some((candidate) => takes(candidate, tokens))) return candidates;
  return partition(
    candidates,
    (candidate) => takes(candidate, tokens),
    (candidate) =>
      notes?.reject(
        candidate,
        'context_too_small',
        `The prompt has about ${tokens} tokens, the model takes ${candidate.target.facts?.maxInputTokens}.`,
      ),
  );
}

function takes({ target: { facts } }: Candidate, tokens: number): boolean {
  return facts?.maxInputTokens === undefined || tokens <= facts.maxInputTokens;
}
