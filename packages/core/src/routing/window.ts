import { gatewayError } from '@sluice/contract';
import { partition } from './fit.js';
import type { Candidate } from './plan.js';
import { promptTokens } from './prompt.js';
import type { RouteContext } from './question.js';

/** An estimate may be wrong, but no text that people write has half the tokens that it says. */
const BEYOND_DOUBT = 2;

/**
 * Leaves out the models whose context the prompt does not fit, by an estimate; where it fits none, nobody: the estimate
 * may be wrong. Throws `context_length_exceeded` where it is more than twice what any of them takes. A prompt that is
 * short beyond doubt costs a comparison for each candidate.
 */
export function keepRoomy(candidates: readonly Candidate[], { question, notes }: RouteContext): readonly Candidate[] {
  const { operation, bodyBytes } = question;
  // No prompt has more tokens than its body has bytes.
  if (operation !== 'chat' || candidates.every((candidate) => takes(candidate, bodyBytes))) return candidates;
  const tokens = promptTokens(question);
  if (!candidates.some((candidate) => takes(candidate, tokens))) return assertClose(candidates, tokens);
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

function assertClose(candidates: readonly Candidate[], tokens: number): readonly Candidate[] {
  if (candidates.some((candidate) => takes(candidate, tokens / BEYOND_DOUBT))) return candidates;
  const most = Math.max(...candidates.map(({ target: { facts } }) => facts?.maxInputTokens ?? 0));
  throw gatewayError('context_length_exceeded', {
    message: `The prompt has about ${tokens} tokens; the models that could answer take at most ${most}.`,
    details: { param: 'messages' },
  });
}

function takes({ target: { facts } }: Candidate, tokens: number): boolean {
  return facts?.maxInputTokens === undefined || tokens <= facts.maxInputTokens;
}
