import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isPublic, readWorkspace } from './read-workspace.js';

let root: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-workspace-'));
  write('pnpm-workspace.yaml', 'packages: [packages/*, packages/stores/*]');
  write('packages/core/package.json', '{"name":"core"}');
  write('packages/core/src/plan.ts', 'export const plan = 1;');
  write('packages/core/dist/plan.d.ts', '');
  write('packages/core/node_modules/zod/index.ts', '');
  write('packages/stores/memory/package.json', '{"name":"memory","private":true}');
});
afterEach(() => rmSync(root, { recursive: true }));

it('finds the packages of every pattern', () => {
  expect(readWorkspace(root).map(({ folder }) => folder)).toEqual(['packages/core', 'packages/stores/memory']);
});

it('reads sources, but nothing built or installed', () => {
  expect(readWorkspace(root)[0]?.sources).toEqual([{ path: 'src/plan.ts', text: 'export const plan = 1;' }]);
});

it('tells what is published', () => {
  expect(readWorkspace(root).map(isPublic)).toEqual([true, false]);
});
