import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { composeGateway } from './compose.js';
import { parseConfig } from './config/parse-config.js';
import type { Config } from './config/schema.js';

/** Composes with what the checks of the configuration would never let through. */
function compose(change: (config: Config) => Config) {
  const cwd = temporaryDir();
  const place = { env: {}, cwd };
  const config = change(parseConfig({ models: { fast: { targets: [{ provider: 'sim', model: 'echo' }] } } }, place));
  const state = { databasePath: join(cwd, 'sluice.db'), keyPepper: 'pepper', adminKey: 'admin' };
  return { files: () => readdirSync(cwd), start: () => composeGateway({ config, state, ...place }) };
}

describe('a gateway that cannot be composed', () => {
  it('has opened nothing when a provider is at fault', () => {
    const { files, start } = compose((config) => ({ ...config, providers: { a: { kind: 'none' } } }));
    expect(start).toThrow(/no provider kind "none"/);
    expect(files()).toEqual([]);
  });

  it('closes its database again', async () => {
    const { files, start } = compose((config) => ({ ...config, providers: {} }));
    expect(start).toThrow(/no provider "sim"/);
    // An open database has two more files.
    await expect.poll(files).toEqual(['sluice.db']);
  });
});
