import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command `sluice` of these sources, for a process of its own. */
    gatewayMain: string;
  }
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const OURS = '@sluice/';

/** Libraries are loaded from where their importer finds them, by Node's rules. */
const librariesOutside: Plugin = {
  name: 'libraries-outside',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (pluginData === OURS || path.startsWith(OURS) || path.startsWith('node:') || kind === 'entry-point') return;
      const found = await resolve(path, { kind, resolveDir, importer, pluginData: OURS });
      return found.errors.length > 0 ? { errors: found.errors } : { path: found.path, external: true };
    });
  },
};

/** A source goes on to find its worker, its snapshot and its manifest beside itself. */
const sourcesInPlace: Plugin = {
  name: 'sources-in-place',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

/**
 * Before the tests of a project begin: makes few files of the sources, of which each process that a test starts would read
 * hundreds one by one, for longer than anything that it is started for.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const outdir = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  await build({
    entryPoints: [MAIN],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['@sluice/source'],
    mainFields: ['main'],
    plugins: [librariesOutside, sourcesInPlace],
  });
  project.provide('gatewayMain', join(outdir, 'main.mjs'));
  return () => rmSync(outdir, { recursive: true, force: true });
}
