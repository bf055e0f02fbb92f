import { embedWords } from './embed-words.js';

const DIMENSIONS = 256;

export interface Ranked {
  readonly index: number;
  readonly relevance_score: number;
}

/** Documents, best first: one is the more relevant the more words it shares with the query. */
export function rankWords(query: string, documents: readonly string[]): readonly Ranked[] {
  const asked = embedWords(query, DIMENSIONS);
  const scored = documents.map((document, index) => {
    const cosine = embedWords(document, DIMENSIONS).reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0);
    return { index, relevance_score: Math.round(((1 + cosine) / 2) * 1e8) / 1e8 };
  });
  return scored.sort((left, right) => right.relevance_score - left.relevance_score);
}
