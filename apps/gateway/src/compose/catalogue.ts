import { createCatalogue, readSnapshot } from '@sluice/catalogue';
import type { Catalogue, CatalogueData } from '@sluice/catalogue';
import type { Config, ProviderSettings } from '../config/schema.js';

/** A catalogue, by default the one that comes with the gateway, with the operator's word on top. */
export function composeCatalogue({ catalogue }: Config, data: CatalogueData = readSnapshot()): Catalogue {
  return createCatalogue(data, catalogue);
}

/** Presets whose vendor the catalogue knows by another name. */
const VENDORS: Readonly<Record<string, string>> = { alibaba: 'dashscope' };

/** Under which kind the catalogue has a provider's models: a preset is a vendor of its own. */
export function catalogueKindOf({
  kind,
  preset,
}: Pick<ProviderSettings, 'kind'> & { readonly preset?: unknown }): string {
  return typeof preset === 'string' ? (VENDORS[preset] ?? preset) : kind;
}
