import type { JsonObject, TokenLogprob } from '@sluice/contract';
import { isJsonObject } from './json.js';
import { asList } from './tolerant.js';

type Alternative = Omit<TokenLogprob, 'top'>;

/**
 * `logprobs` of a choice: the lists `content` and `refusal` of a chat, or the parallel lists `tokens` and
 * `token_logprobs` of a completion, which some servers give for a chat too. Nothing where there is none.
 */
export function readLogprobs(logprobs: unknown): readonly TokenLogprob[] | undefined {
  if (!isJsonObject(logprobs)) return undefined;
  const { content, refusal, tokens } = logprobs;
  if (Array.isArray(tokens)) return readParallel(logprobs, tokens);
  const entries = [...asList(content), ...asList(refusal)];
  return entries.length === 0 ? undefined : entries.flatMap(readEntry);
}

/** `logprobs` of a choice as chat clients read it. */
export function writeLogprobs(logprobs: readonly TokenLogprob[], of: 'content' | 'refusal' = 'content'): JsonObject {
  const entries = logprobs.map((entry) => ({
    ...writeAlternative(entry),
    top_logprobs: entry.top.map(writeAlternative),
  }));
  return of === 'content' ? { content: entries, refusal: null } : { content: null, refusal: entries };
}

function readEntry(entry: unknown): readonly TokenLogprob[] {
  if (!isJsonObject(entry)) return [];
  return readAlternative(entry).map((read) => ({ ...read, top: asList(entry.top_logprobs).flatMap(readAlternative) }));
}

function readAlternative(entry: unknown): readonly Alternative[] {
  if (!isJsonObject(entry)) return [];
  const { token, logprob, bytes } = entry;
  if (typeof token !== 'string' || typeof logprob !== 'number') return [];
  const isBytes = Array.isArray(bytes) && bytes.every((byte): byte is number => typeof byte === 'number');
  return [{ token, logprob, ...(isBytes ? { bytes } : {}) }];
}

function readParallel(
  { token_logprobs: values, top_logprobs: tops }: JsonObject,
  tokens: readonly unknown[],
): readonly TokenLogprob[] {
  return tokens.flatMap((token, i) => {
    const logprob = asList(values)[i];
    // The first token of an echoed prompt has none.
    if (typeof token !== 'string' || typeof logprob !== 'number') return [];
    const top = asList(tops)[i];
    return [{ token, logprob, top: isJsonObject(top) ? Object.entries(top).flatMap(readNamed) : [] }];
  });
}

function readNamed([token, logprob]: readonly [string, unknown]): readonly Alternative[] {
  return typeof logprob === 'number' ? [{ token, logprob }] : [];
}

function writeAlternative({ token, logprob, bytes }: Alternative): JsonObject {
  return { token, logprob, bytes: bytes ?? null };
}
