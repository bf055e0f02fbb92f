import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The classes of bad inputs, each with the numbers of those that must have a case of their own. */
const CLASSES: Readonly<Record<string, readonly number[]>> = {
  A: [1, 2, 4, 5, 7, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24, 26, 27, 29, 30, 31, 32, 33, 34],
  B: [1, 9, 10, 16, 17, 19, 20, 24, 25, 27, 28, 30, 31, 33, 34, 41, 42, 43, 44, 45, 46, 47, 50, 51],
  C: [
    1, 2, 4, 5, 7, 8, 10, 11, 13, 20, 27, 28, 30, 31, 32, 34, 35, 37, 38, 40, 41, 43, 44, 45, 46, 48, 49, 51, 52, 54,
    55, 56, 57, 59, 60, 62, 63,
  ],
  D: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 18, 20],
  E: [
    1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 15, 17, 18, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 34, 35, 36, 37, 39,
    40, 41, 42, 44, 45, 46, 47, 49, 50, 51, 52, 53, 54, 56, 60, 61, 62, 70,
  ],
  F: [1, 24, 45, 56, 57, 58, 59, 61, 62],
  G: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22],
  H: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26],
  I: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14],
  J: [1, 2, 4, 10, 12, 13, 15, 20, 22, 30, 41, 42, 44, 45],
  K: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26],
  L: [1, 2, 4, 5, 7, 8, 10, 11],
};
/** What went wrong in other gateways, or in what they are made of; each has a test that is named after it. */
const ADVISORIES = [
  ['CVE-2024-6587', 'CVE-2024-9606', 'CVE-2025-11203', 'CVE-2025-59146', 'CVE-2025-62155', 'CVE-2025-66405'],
  ['CVE-2026-1525', 'CVE-2026-1527', 'CVE-2026-4923', 'CVE-2026-22036', 'CVE-2026-25591', 'CVE-2026-35029'],
  ['CVE-2026-35030', 'CVE-2026-40217', 'CVE-2026-41432', 'CVE-2026-42208', 'CVE-2026-42339', 'CVE-2026-47101'],
  ['CVE-2026-47102', 'CVE-2026-49468', 'CVE-2026-59822', 'CVE-2026-84890', 'CVE-2026-108719', 'CVE-2026-110719'],
  ['CVE-2026-114612', 'GHSA-724j-f2pf-phf7', 'PYSEC-2026-1545', 'PYSEC-2026-4070'],
].flat();
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const TESTS = '{apps/gateway,packages/**,tooling/supply}/src/**/{*.test.ts,__fixtures__/**/*.ts}';
const SELF = 'corpus-ids.test.ts';
/** A number that stands in a remark has no case. */
const COMMENTS = /^ *\/\*[^]*?\*\/|^ *\/\/.*$|;\s+\/\/.*$/gm;

/** What tests say, and what they are fed with. */
function readTests(): readonly string[] {
  const exclude = (path: string): boolean =>
    path.endsWith('node_modules') || path.endsWith('dist') || path.endsWith(SELF);
  return globSync(TESTS, { cwd: ROOT, exclude }).map((path) =>
    readFileSync(join(ROOT, path), 'utf8').replace(COMMENTS, ''),
  );
}
const texts = readTests();

it('has a test named after each advisory', () => {
  const named = new Set(texts.flatMap((text) => text.match(/\b(?:CVE|PYSEC)-\d{4}-\d+|\bGHSA(?:-\w{4}){3}/g) ?? []));
  expect(ADVISORIES.filter((id) => !named.has(id))).toEqual([]);
});

it('has a case for each bad input that has a number', () => {
  const named = new Set(texts.flatMap((text) => text.match(/\b[A-L]-\d\d\b/g) ?? []));
  const wanted = Object.entries(CLASSES).flatMap(([name, numbers]) =>
    numbers.map((number) => `${name}-${String(number).padStart(2, '0')}`),
  );
  expect(wanted.filter((id) => !named.has(id))).toEqual([]);
});
