import { closeSync, globSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from './__fixtures__/admin-key.js';
import { pages, readPage } from './__fixtures__/pages.js';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { createGateway } from './index.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = 'docs/metrics.md';

/** Name, labels and type of each row. */
const rows = [...readPage(PAGE).matchAll(/^\| `(sluice_\w+)(?:\{([\w,]+)\})?` +\| (_h_)?/gm)].map(
  ([, name = '', labels = '', histogram]) => ({ name, labels, type: histogram ? 'histogram' : typeOf(name) }),
);

function typeOf(name: string): string {
  return name.endsWith('_total') ? 'counter' : 'gauge';
}

/** The names that the source gives to figures. */
function inSource(): ReadonlySet<string> {
  const exclude = (path: string): boolean => /node_modules|__fixtures__|\.test\.ts$/.test(path);
  const files = globSync(['apps/gateway/src/**/*.ts', 'packages/telemetry/src/**/*.ts'], { cwd: ROOT, exclude });
  const named = files.flatMap((path) => [
    ...readFileSync(join(ROOT, path), 'utf8').matchAll(/(?:\(\s*|name: )'(sluice_\w+)'/g),
  ]);
  return new Set(named.map(([, name = '']) => name));
}

/** What a gateway says of its figures after one request: the type of each, and samples. */
async function scrape(): Promise<string> {
  const dataDir = temporaryDir();
  const logFd = openSync(join(dataDir, 'log'), 'a');
  const gateway = createGateway(
    { providers: { sim: { kind: 'sim', maxConcurrent: 4 } } },
    { dataDir, env: { SLUICE_ADMIN_KEY: ADMIN_KEY }, logFd },
  );
  onTestFinished(async () => {
    await gateway.close();
    closeSync(logFd);
  });
  const body = JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }], stream: true });
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  await (await gateway.fetch('http://sluice/v1/chat/completions', { method: 'POST', headers, body })).text();
  const read = async (): Promise<string> => (await gateway.fetch('http://sluice/metrics', { headers })).text();
  await expect.poll(read).toMatch(/^sluice_requests_total\{.*sim/m);
  return read();
}

describe('docs/metrics.md', () => {
  it('has every figure that there is, once, and no other', () => {
    const names = rows.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...inSource()].toSorted());
  });

  it('says what type and which labels each has', async () => {
    const text = await scrape();
    const types = new Map(
      [...text.matchAll(/^# TYPE (sluice_\w+) (\w+)$/gm)].map(([, name = '', type]) => [name, type]),
    );
    const labels = new Map(
      [...text.matchAll(/^(sluice_\w+?)(?:_bucket)?\{([^}]*)\}/gm)].map(([, name = '', set = '']) => [
        name,
        [...set.matchAll(/(\w+)="/g)].flatMap(([, label = '']) => (label === 'le' ? [] : [label])).join(','),
      ]),
    );
    expect(types.size).toBeGreaterThan(25);
    expect(labels.size).toBeGreaterThan(8);
    const shown = rows.filter(({ name }) => types.has(name));
    expect(shown.map(({ name, type }) => [name, type])).toEqual(shown.map(({ name }) => [name, types.get(name)]));
    const labelled = rows.filter(({ name }) => labels.has(name));
    expect(labelled.map((row) => [row.name, row.labels])).toEqual(labelled.map(({ name }) => [name, labels.get(name)]));
  });
});

describe('every other page', () => {
  it('names only figures that there are', () => {
    const known = new Set(rows.map(({ name }) => name));
    const named = pages().flatMap(({ path, text }) =>
      [...text.matchAll(/`(sluice_\w+)/g)].map(([, name = '']) => ({ path, name })),
    );
    expect(named.filter(({ name }) => !known.has(name))).toEqual([]);
  });
});
