/**
 * How many tokens a text of `characters` UTF-16 units is taken for where no provider counted: a quarter, rounded up.
 * Four is the usual mean of English; code and other scripts take more tokens, so the row is marked `estimated`.
 */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
