import type { CatalogueData } from '@sluice/catalogue';
import { combine } from './combine.js';
import { findDisagreements } from './cross-check.js';
import type { RawSources } from './download.js';
import { readGenaiPrices } from './genai-prices.js';
import { readLiteLlm } from './litellm.js';
import { addLimits } from './models-dev.js';
import { readOpenRouter } from './openrouter.js';
import { openQuestions, settlePrices } from './reviews.js';
import { SOURCES } from './source-list.js';

export interface Built {
  readonly data: CatalogueData;
  /** What a person has to look at before the data may be used; a line each. */
  readonly questions: readonly string[];
}

/** The catalogue that the sources make together. Pure: equal sources and an equal day give equal data. */
export function buildCatalogue(raw: RawSources, day: string): Built {
  const priced = readGenaiPrices(raw['genai-prices'], day);
  const found = addLimits(readLiteLlm(raw.litellm), raw['models-dev']);
  const disagreements = findDisagreements(found, priced);
  const drafts = settlePrices(found, disagreements, priced);
  const routed = readOpenRouter(priced.get('openrouter') ?? [], drafts);
  return {
    data: { format: 1, sources: SOURCES, models: combine([...drafts, ...routed]) },
    questions: openQuestions(disagreements),
  };
}
