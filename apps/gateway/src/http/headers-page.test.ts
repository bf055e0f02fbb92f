import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pages, readPage } from '../__fixtures__/pages.js';
import { EXPOSED_HEADERS } from '../cors/granted-headers.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** Of the description of the API, where names that begin so are extensions. */
const NO_HEADER = 'x-sluice-permission';

/** Every header in the first column of a section, by its name alone. */
function namedIn(section: string): readonly string[] {
  const text =
    readPage('docs/headers.md')
      .split('\n## ')
      .find((one) => one.startsWith(`${section}\n`)) ?? '';
  const cells = [...text.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)[:`]/g)].map(([, name = '']) => name));
}

const ASKED = namedIn('In a request');
const ANSWERED = namedIn('In an answer');

function inSource(): ReadonlySet<string> {
  const exclude = (path: string): boolean => /node_modules|__fixtures__|\.test\.ts$/.test(path);
  const files = globSync(['apps/*/src/**/*.ts', 'packages/**/src/**/*.ts'], { cwd: ROOT, exclude });
  const texts = files.map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/'(x-sluice-[a-z-]+)'/g)].map(([, name = '']) => name));
  return new Set(names.filter((name) => name !== NO_HEADER));
}

describe('docs/headers.md', () => {
  it("has every header of the gateway's own that there is, and no other", () => {
    const own = new Set([...ASKED, ...ANSWERED].filter((name) => name.startsWith('x-sluice-')));
    expect([...own].toSorted()).toEqual([...inSource()].toSorted());
  });

  it('has every header that pages in browsers may read, and they may read what callers get', () => {
    const exposed = EXPOSED_HEADERS.split(', ');
    const grouped = exposed.filter((name) => !/^x-ratelimit-(?:limit|remaining|reset)-/.test(name));
    const known = [...ANSWERED, 'request-id', 'x-ratelimit-policy', 'retry-after-ms'];
    expect(grouped.filter((name) => !known.includes(name))).toEqual([]);
    expect(ANSWERED.filter((name) => name !== 'x-sluice-rows' && !exposed.includes(name))).toEqual([]);
  });
});

describe('every other page', () => {
  it('names only headers that there are', () => {
    const known = new Set([...ASKED, ...ANSWERED]);
    const named = pages().flatMap(({ path, text }) =>
      [...text.matchAll(/`(x-sluice-[a-z-]+)[`:]/g)].map(([, name = '']) => ({ path, name })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ name }) => !known.has(name) && name !== NO_HEADER)).toEqual([]);
  });
});
