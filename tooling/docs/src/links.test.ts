import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { readPage } from './links.js';
import type { Page } from './links.js';
import { readPages } from './pages.js';

const pages = new Map<string, Page>([...readPages()].map(([path, text]) => [path, readPage(text)]));

/** Why a link leads nowhere; nothing where it leads somewhere, or out of the repository. */
function fault(from: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(ROOT, path))) return `${from}: ${link} is not there`;
  const page = pages.get(path);
  return anchor === undefined || !page || page.anchors.has(anchor) ? undefined : `${from}: ${link} has no such heading`;
}

describe('the pages of the repository', () => {
  it('are found', () => {
    expect(pages.size).toBeGreaterThan(80);
  });

  it('link to files and headings that there are', () => {
    expect([...pages].flatMap(([path, { links }]) => links.flatMap((link) => fault(path, link) ?? []))).toEqual([]);
  });

  it('are found from the front page, where they are in docs/', () => {
    const front = new Set(pages.get('README.md')?.links.map((link) => link.split('#')[0]));
    const docs = [...pages.keys()].filter((path) => /^docs\/[^/]+$/.test(path));
    expect(docs.filter((path) => !front.has(path))).toEqual([]);
  });

  it('name only files and folders of the repository that there are', () => {
    const named = [...pages].flatMap(([page, { codes }]) =>
      codes
        .flatMap((code) => code.split(' '))
        .filter((word) => /^(?:apps|docs|loadtests|packages|tooling)\/[\w./-]+$/.test(word) && !word.includes('/dist/'))
        .map((path) => ({ page, path })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('readPage', () => {
  it('reads links, and not those of fenced blocks or of code', () => {
    const { links, codes } = readPage('[a](b.md#c) `[x](y)`\n```sh\n[d](e)\n```\n');
    expect([links, codes]).toEqual([['b.md#c'], ['[x](y)']]);
  });

  it('names headings as GitHub does', () => {
    const text = "## The provider's bill\n### `a_b`: 1 & 2\n## Twice\n## Twice\n";
    expect([...readPage(text).anchors]).toEqual(['the-providers-bill', 'a_b-1--2', 'twice', 'twice-1']);
  });
});
