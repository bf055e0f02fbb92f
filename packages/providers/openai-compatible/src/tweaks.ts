/** Where servers of the dialect differ. */
export interface DialectTweaks {
  /** OpenAI renamed it; servers that copied the older API know the older name only. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Whether the reasoning of a turn that called tools goes back with it, as open models want it. */
  readonly sendsReasoning: boolean;
  /** Whether the server has `/responses` as well. */
  readonly servesResponses?: boolean;
  /** Fields of the body that this model answers with an error. */
  refusedFields?(model: string): readonly string[];
}

/** What most servers take. */
export const COMPATIBLE: DialectTweaks = { maxTokensField: 'max_tokens', sendsReasoning: true };
