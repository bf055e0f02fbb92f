import type { Target } from '@sluice/contract';

/**
 * Where the calls of one account go, and where its two homes differ. `developer` is the Gemini API of Google AI Studio,
 * `vertex` the same models on Google Cloud. Differences: npm @google/genai 3.3.0, dist/node/index.mjs, the pairs of
 * functions that end in `ToMldev` and `ToVertex`, and npm @ai-sdk/google 4.0.121, src/google-model-catalog.ts.
 */
export interface GeminiApi {
  readonly platform: 'developer' | 'vertex';
  readonly headers: Readonly<Record<string, string>>;
  /** The address of a method of the model, its query included. */
  url(target: Target, method: string): URL;
}

/** A model's name as one segment of a path. Versions of models stand behind an `@`, which need not be escaped. */
export function toSegment(model: string): string {
  return encodeURIComponent(model).replaceAll('%40', '@');
}
