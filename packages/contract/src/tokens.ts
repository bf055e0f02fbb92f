/** Counts tokens where no provider has. Bounded in time, whatever the texts are. */
export interface TokenCounter {
  /** What the texts have together; nothing while it cannot count yet, which it then gets ready to do. */
  count(texts: readonly string[], model: string): CountedTokens | undefined;
  /** Resolves when `count` can tell for the model. Never rejects. */
  ready(model: string): Promise<void>;
}
/** A count of tokens, and what it is worth. */
export interface CountedTokens {
  readonly tokens: number;
  /** False where the model's tokenizer is not known to be this one, or not all of the texts was looked at. */
  readonly isExact: boolean;
}
