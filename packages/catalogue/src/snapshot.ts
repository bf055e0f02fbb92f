import { readFileSync } from 'node:fs';
import type { Capability, ModelMode, PriceRow, ReasoningEffort, RefusedParameters } from '@sluice/contract';

/** What `snapshot.json` holds; its schema is in `snapshot-schema.ts`. */
export interface CatalogueData {
  readonly format: 1;
  /** The packages that it was made from. */
  readonly sources: readonly CatalogueSource[];
  readonly models: readonly ModelRecord[];
}
export interface CatalogueSource {
  /** `npm` or `pypi`. */
  readonly registry: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** What was taken from it. */
  readonly gave: string;
}

/** One model, under all names for which exactly the same is known. */
export interface ModelRecord {
  /** By provider kind, or by preset of `openai-compatible`. */
  readonly at: Readonly<Record<string, readonly string[]>>;
  readonly modes: readonly ModelMode[];
  readonly can?: readonly Capability[] | undefined;
  readonly cannot?: readonly Capability[] | undefined;
  readonly efforts?: readonly ReasoningEffort[] | undefined;
  readonly defaultEffort?: ReasoningEffort | undefined;
  readonly refuses?: RefusedParameters | undefined;
  readonly maxInputTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly retiresOn?: string | undefined;
  readonly prices?: readonly PriceRow[] | undefined;
  /** Its source has it no more: this is what was known of it last. */
  readonly gone?: true | undefined;
}

/** Reads the snapshot that comes with the package; source and build lie equally deep below it. A test holds it against its schema, so that no start has to. */
export function readSnapshot(): CatalogueData {
  return JSON.parse(readFileSync(new URL('../snapshot.json', import.meta.url), 'utf8')) as CatalogueData;
}
