import { createCatalogue, readSnapshot } from '@sluice/catalogue';
import type { Catalogue } from '@sluice/catalogue';
import type { Config, ProviderSettings } from '../config/schema.js';

/** The catalogue that comes with the gateway, with the operator's word on top. */
export function composeCatalogue({ catalogue }: Config): Catalogue {
  return createCatalogue(readSnapshot(), catalogue);
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
