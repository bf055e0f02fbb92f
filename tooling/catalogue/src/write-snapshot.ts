import type { CatalogueData } from '@sluice/catalogue';

/** JSON with a line for each model, so that a refresh shows in review as what it changed. */
export function writeSnapshot({ format, sources, models }: CatalogueData): string {
  const lines = (values: readonly unknown[]): string =>
    values.map((value) => `    ${JSON.stringify(value)}`).join(',\n');
  return `{
  "format": ${format},
  "sources": [
${lines(sources)}
  ],
  "models": [
${lines(models)}
  ]
}
`;
}
