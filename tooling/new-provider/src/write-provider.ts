import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
/** What the build needs is the same for every adapter; taken from one that is kept right anyway. */
const SIBLING = 'cohere';
const BUILD_FILES = ['tsconfig.json', 'tsconfig.build.json', 'tsup.config.ts'];

/** A vendor with an API of its own, or one that speaks OpenAI's. */
export type Template = 'own-api' | 'openai';

const DEPENDENCIES: Readonly<Record<Template, readonly string[]>> = {
  'own-api': ['@sluice/contract', '@sluice/provider-openai-compatible', '@sluice/toolkit', 'zod'],
  openai: ['@sluice/contract', '@sluice/provider-openai-compatible'],
};

export interface NewProvider {
  /** The kind, and the folder. */
  readonly name: string;
  /** As prose names the vendor; made of the name where absent. */
  readonly vendor?: string | undefined;
  readonly template: Template;
}

/**
 * Writes an adapter as a new folder of `providers`, from a template whose vendor is called Acme; returns the folder. Throws
 * when the name is no kebab-case word or the folder exists.
 */
export function writeProvider(provider: NewProvider, providers: string): string {
  const { name, template } = provider;
  const folder = join(providers, name);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`"${name}" is not a name like my-vendor.`);
  if (/['"`\\$\n]/.test(vendorOf(provider)))
    throw new Error(`"${vendorOf(provider)}" has a character that code cannot.`);
  if (existsSync(folder)) throw new Error(`${folder} exists already.`);
  const source = join(TEMPLATES, template);
  for (const path of globSync('**/*.*', { cwd: source })) {
    writeFile(join(folder, path), rename(readFileSync(join(source, path), 'utf8'), provider));
  }
  for (const file of BUILD_FILES) cpSync(join(providers, SIBLING, file), join(folder, file));
  writeFile(join(folder, 'package.json'), manifestOf(provider, join(providers, SIBLING)));
  return folder;
}

interface Manifest {
  readonly exports: object;
  readonly publishConfig: { readonly exports: object };
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The sibling's, but for what is the sibling's own: further entries, further libraries. */
function manifestOf(provider: NewProvider, sibling: string): string {
  const manifest = JSON.parse(readFileSync(join(sibling, 'package.json'), 'utf8')) as Manifest;
  const own = {
    name: `@sluice/provider-${provider.name}`,
    version: '0.0.0',
    description: `Adapter for the API of ${vendorOf(provider)}.`,
  };
  const whole = {
    ...manifest,
    ...own,
    exports: mainEntries(manifest.exports),
    publishConfig: { ...manifest.publishConfig, exports: mainEntries(manifest.publishConfig.exports) },
    dependencies: pick(manifest.dependencies, DEPENDENCIES[provider.template]),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function mainEntries(exports: object): object {
  return pick(exports, ['.', './package.json']);
}

function pick(from: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** `acme`, `AcmeSettings` and `ACME` of the template become `myVendor` or `my-vendor`, `MyVendorSettings` and `MY_VENDOR`. */
function rename(text: string, provider: NewProvider): string {
  const { name } = provider;
  const pascal = title(name).replaceAll(' ', '');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return text
    .replaceAll(/(?<=['"/-])acme\b|(?<=`)acme(?=`)|(?<=kind: )acme\b/g, name)
    .replaceAll('acme', camel)
    .replaceAll(/\bAcme\b/g, vendorOf(provider))
    .replaceAll('Acme', pascal)
    .replaceAll('ACME', name.toUpperCase().replaceAll('-', '_'));
}

function vendorOf({ name, vendor }: NewProvider): string {
  return vendor ?? title(name);
}

function title(name: string): string {
  return name.replaceAll(/(^|-)([a-z0-9])/g, (_, dash: string, letter: string) => (dash && ' ') + letter.toUpperCase());
}
