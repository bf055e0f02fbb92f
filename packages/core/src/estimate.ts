const CHARS_PER_TOKEN = 4;

/** Tokens that a text of so many characters stands for, where nobody counted: about four characters each. */
export function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
