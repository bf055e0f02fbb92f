import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportPackage } from './report-package.js';

let folder: string;

const exportTypes = (text: string): void => writeFileSync(join(folder, 'dist/index.d.ts'), text);
const report = (write: boolean): readonly string[] => reportPackage({ folder, name: 'thing', write });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-api-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'thing', version: '1.0.0', type: 'module' }));
  writeFileSync(
    join(folder, 'tsconfig.build.json'),
    JSON.stringify({ compilerOptions: { module: 'nodenext', types: [] } }),
  );
  exportTypes('export declare const answer: 42;');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is content while the exports are as reported', () => {
  report(true);
  expect(report(false)).toEqual([]);
  expect(readFileSync(join(folder, 'etc/thing.api.md'), 'utf8')).toContain('answer: 42');
});

it('finds fault with a report that was never written', () => {
  expect(report(false)).toEqual(['thing: etc/thing.api.md is stale; run "pnpm api"']);
});

it('finds fault with an export that changed since', () => {
  report(true);
  exportTypes('export declare const answer: 43;');
  expect(report(false)).toEqual(['thing: etc/thing.api.md is stale; run "pnpm api"']);
});
