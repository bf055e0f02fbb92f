import { createCatalogue } from '@sluice/catalogue';
import type { CatalogueData } from '@sluice/catalogue';
import type { Principal } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { buildSnapshot } from '../compose/build-snapshot.js';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { parseConfig } from '../config/parse-config.js';
import { listModels } from './list-models.js';

const DATA: CatalogueData = {
  format: 1,
  sources: [],
  models: [
    { at: { openai: ['new', 'old'] }, modes: ['chat'], retiresOn: '2027-01-01' },
    { at: { openai: ['gone'] }, modes: ['chat'], retiresOn: '2026-06-30' },
    { at: { openai: ['steady'], anthropic: ['other'] }, modes: ['chat'] },
  ],
};
const CONFIG = {
  providers: { one: { kind: 'openai' }, two: { kind: 'openai' }, claude: { kind: 'anthropic' } },
  models: { fast: { targets: [{ provider: 'one', model: 'new' }] } },
};

/** What is listed on this day, where provider `two` alone has a list of its own. */
function listedOn(day: string, principal?: Pick<Principal, 'models'>): readonly string[] {
  const config = parseConfig(CONFIG, { env: { NODE_ENV: 'production' }, cwd: '/' });
  const definitions = new Map(PROVIDER_DEFINITIONS.map((definition) => [definition.kind, definition]));
  const providers = Object.entries(config.providers).map(([name, settings]) => {
    const provider = definitions.get(settings.kind)?.create(settings, createProviderDeps());
    if (!provider) throw new Error(settings.kind);
    return [name, provider] as const;
  });
  const snapshot = buildSnapshot({
    config,
    providers: new Map(providers),
    knownModels: (name) => new Set(name === 'two' ? ['own'] : []),
    catalogue: createCatalogue(DATA),
  });
  return listModels(snapshot, principal as Principal | undefined, { now: () => Date.parse(day) });
}

describe('the models that are listed', () => {
  it('are aliases, what providers list, and for the others what the catalogue has and vendors have not taken away', () => {
    expect(listedOn('2026-12-31')).toEqual(['fast', 'one/new', 'one/old', 'one/steady', 'two/own', 'claude/other']);
    expect(listedOn('2027-01-02')).toEqual(['fast', 'one/steady', 'two/own', 'claude/other']);
  });

  it('are those that the caller may ask for', () => {
    expect(listedOn('2026-12-31', { models: ['one/*'] })).toEqual(['one/new', 'one/old', 'one/steady']);
  });
});
