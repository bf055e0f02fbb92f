import type { DialectId, JsonObject, Usage } from './models.js';

/** Texts to be turned into vectors. */
export interface EmbedRequest {
  /** Texts, or token ids where the caller tokenised itself. */
  readonly input: readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number;
  readonly user?: string;
  readonly extensions?: { readonly dialect: DialectId; readonly fields: JsonObject };
}
/** One vector for each input, in their order. */
export interface EmbedResult {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage?: Usage;
}
