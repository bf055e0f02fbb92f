import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeProvider } from './write-provider.js';

let providers: string;

beforeEach(() => {
  providers = mkdtempSync(join(tmpdir(), 'sluice-providers-'));
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'tsup.config.ts']) {
    cpSync(join(ROOT, 'packages/providers/anthropic', file), join(providers, 'anthropic', file));
  }
});
afterEach(() => rmSync(providers, { recursive: true }));

it('writes everything that a provider package has', () => {
  const folder = writeProvider('my-vendor', providers);
  expect(globSync('**/*.*', { cwd: folder }).sort()).toEqual([
    'README.md',
    'package.json',
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

it('leaves no trace of the vendor of the template', () => {
  const folder = writeProvider('my-vendor', providers);
  const texts = globSync('**/*.*', { cwd: folder }).map((path) => readFileSync(join(folder, path), 'utf8'));
  expect(texts.filter((text) => /acme/i.test(text))).toEqual([]);
});

it('names things for the vendor', () => {
  const folder = writeProvider('my-vendor', providers);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  expect(JSON.parse(read('package.json'))).toMatchObject({ name: '@sluice/provider-my-vendor', version: '0.0.0' });
  expect(read('src/index.ts')).toContain(`export { myVendor } from './definition.js';`);
  expect(read('src/settings.ts')).toContain(`kind: z.literal('my-vendor')`);
  expect(read('src/suite.test.ts')).toContain('MY_VENDOR_API_KEY');
});

it.each(['My-Vendor', '../vendor', ''])('refuses the name %j', (name) => {
  expect(() => writeProvider(name, providers)).toThrow('is not a name');
});

it('overwrites nothing', () => {
  writeProvider('my-vendor', providers);
  expect(() => writeProvider('my-vendor', providers)).toThrow('exists already');
});
