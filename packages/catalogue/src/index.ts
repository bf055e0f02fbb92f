export { createCatalogue } from './lookup.js';
export { toPicoUsd } from './picousd.js';
export { catalogueSettings } from './settings.js';
export { readSnapshot } from './snapshot.js';
export { snapshotSchema } from './snapshot-schema.js';
export type { Catalogue } from './lookup.js';
export type { CatalogueSettings } from './settings.js';
export type { CatalogueData, CatalogueSource, ModelRecord } from './snapshot.js';
