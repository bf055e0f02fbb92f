import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeProvider } from './write-provider.js';
import type { NewProvider } from './write-provider.js';

const MINE: NewProvider = { name: 'my-vendor', template: 'own-api' };

let providers: string;

beforeEach(() => {
  providers = mkdtempSync(join(tmpdir(), 'sluice-providers-'));
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'tsup.config.ts']) {
    cpSync(join(ROOT, 'packages/providers/cohere', file), join(providers, 'cohere', file));
  }
});
afterEach(() => rmSync(providers, { recursive: true }));

it('writes everything that a provider package has', () => {
  const folder = writeProvider(MINE, providers);
  expect(globSync('**/*.*', { cwd: folder }).sort()).toEqual([
    'README.md',
    'package.json',
    'src/__fixtures__/README.md',
    'src/chat/decode.ts',
    'src/chat/encode.ts',
    'src/chat/operation.ts',
    'src/chat/stream-decoder.ts',
    'src/classify.ts',
    'src/definition.ts',
    'src/index.ts',
    'src/settings.ts',
    'src/suite.test.ts',
    'src/to-do.test.ts',
    'tsconfig.build.json',
    'tsconfig.json',
    'tsup.config.ts',
  ]);
});

it('writes rules in place of a codec for a vendor that speaks OpenAI', () => {
  const folder = writeProvider({ ...MINE, template: 'openai' }, providers);
  expect(globSync('src/*.ts', { cwd: folder }).sort()).toEqual([
    'src/definition.ts',
    'src/index.ts',
    'src/rules.ts',
    'src/suite.test.ts',
    'src/to-do.test.ts',
  ]);
});

it.each(['own-api', 'openai'] as const)('lists in the manifest of %s what is there and what is used', (template) => {
  const folder = writeProvider({ ...MINE, template }, providers);
  const { exports, dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    readonly dependencies: object;
  };
  const sources = Object.values(exports).map((target) =>
    typeof target === 'string' ? target : target['@sluice/source'],
  );
  expect(sources.filter((path) => !existsSync(join(folder, path ?? 'missing')))).toEqual([]);
  const code = globSync('src/**/*.ts', { cwd: folder, exclude: (path) => path.endsWith('.test.ts') });
  const used = code.flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/from '(@sluice\/[\w-]+|zod)/g),
  ]);
  expect(Object.keys(dependencies).sort()).toEqual(
    [...new Set([...used.map(([, name]) => name), '@sluice/contract'])].sort(),
  );
});

it.each(['own-api', 'openai'] as const)('leaves no trace of the vendor of the template %s', (template) => {
  const folder = writeProvider({ ...MINE, template }, providers);
  const texts = globSync('**/*.*', { cwd: folder }).map((path) => readFileSync(join(folder, path), 'utf8'));
  expect(texts.filter((text) => /acme/i.test(text))).toEqual([]);
});

it('names things for the vendor', () => {
  const folder = writeProvider(MINE, providers);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  expect(JSON.parse(read('package.json'))).toMatchObject({ name: '@sluice/provider-my-vendor', version: '0.0.0' });
  expect(read('src/index.ts')).toContain(`export { myVendor } from './definition.js';`);
  expect(read('src/settings.ts')).toContain(`kind: z.literal('my-vendor')`);
  expect(read('src/suite.test.ts')).toContain('MY_VENDOR_API_KEY');
});

it('calls the vendor in prose as it is told to', () => {
  const folder = writeProvider({ ...MINE, vendor: 'My Vendor X' }, providers);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  expect(read('src/settings.ts')).toContain(`.describe('An account at My Vendor X.')`);
  expect(read('src/definition.ts')).toContain('MyVendorSettings');
  expect(() => writeProvider({ ...MINE, name: 'o', vendor: "O'Vendor" }, providers)).toThrow('has a character');
});

it.each(['My-Vendor', '../vendor', ''])('refuses the name %j', (name) => {
  expect(() => writeProvider({ ...MINE, name }, providers)).toThrow('is not a name');
});

it('overwrites nothing', () => {
  writeProvider(MINE, providers);
  expect(() => writeProvider(MINE, providers)).toThrow('exists already');
});
