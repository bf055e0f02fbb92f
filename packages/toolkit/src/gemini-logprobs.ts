import type { JsonObject, TokenLogprob } from '@sluice/contract';
import { isJsonObject } from './json.js';

type Alternative = Omit<TokenLogprob, 'top'>;

/** `logprobsResult` of a candidate. Shape: npm @google/genai 3.3.0, dist/genai.d.ts, `LogprobsResult`. */
export function readGeminiLogprobs(result: unknown): readonly TokenLogprob[] | undefined {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined;
  const tops: readonly unknown[] = Array.isArray(result.topCandidates) ? result.topCandidates : [];
  return result.chosenCandidates.flatMap((chosen, i) => {
    const step = tops[i];
    const candidates: readonly unknown[] = isJsonObject(step) && Array.isArray(step.candidates) ? step.candidates : [];
    return readAlternative(chosen).map((read) => ({ ...read, top: candidates.flatMap(readAlternative) }));
  });
}

export function writeGeminiLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  return {
    chosenCandidates: logprobs.map(writeAlternative),
    topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(writeAlternative) })),
  };
}

function readAlternative(candidate: unknown): readonly Alternative[] {
  if (!isJsonObject(candidate)) return [];
  const { token, logProbability } = candidate;
  return typeof token === 'string' && typeof logProbability === 'number' ? [{ token, logprob: logProbability }] : [];
}

function writeAlternative({ token, logprob }: Alternative): JsonObject {
  return { token, logProbability: logprob };
}
