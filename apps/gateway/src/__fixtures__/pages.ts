import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Example extends Page {
  /** Which of its page's it is, from 1. */
  readonly number: number;
}

/** One page, by its path from the root of the repository. */
export function readPage(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** Every page that users read: the front page, `docs/`, and what each package says of itself. */
export function pages(): readonly Page[] {
  const patterns = ['README.md', 'docs/**/*.md', '{apps,packages}/**/README.md'];
  const exclude = (path: string): boolean => /node_modules|__fixtures__/.test(path);
  return globSync(patterns, { cwd: ROOT, exclude })
    .toSorted()
    .map((path) => ({ path, text: readPage(path) }));
}

/** The fenced blocks of those pages that are in one of these languages. */
export function examplesIn(...languages: readonly string[]): readonly Example[] {
  return pages().flatMap(({ path, text }) =>
    [...text.matchAll(/^```(\S*)[^\n]*\n([\s\S]*?)^```$/gm)]
      .map(([, language = '', block = ''], index) => ({ path, number: index + 1, language, text: block }))
      .filter(({ language }) => languages.includes(language)),
  );
}
