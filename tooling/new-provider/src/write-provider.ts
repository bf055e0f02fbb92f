import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = fileURLToPath(new URL('../template', import.meta.url));
/** What the build needs is the same for every adapter; taken from one that is kept right anyway. */
const SIBLING = 'anthropic';
const BUILD_FILES = ['tsconfig.json', 'tsconfig.build.json', 'tsup.config.ts'];

/**
 * Writes the adapter `name` as a new folder of `providers`, from the template whose vendor is called Acme; returns the
 * folder. Throws when the name is no kebab-case word or the folder exists.
 */
export function writeProvider(name: string, providers: string): string {
  const folder = join(providers, name);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`"${name}" is not a name like my-vendor.`);
  if (existsSync(folder)) throw new Error(`${folder} exists already.`);
  for (const path of globSync('**/*.*', { cwd: TEMPLATE })) {
    writeFile(join(folder, path), rename(readFileSync(join(TEMPLATE, path), 'utf8'), name));
  }
  for (const file of BUILD_FILES) cpSync(join(providers, SIBLING, file), join(folder, file));
  writeFile(join(folder, 'package.json'), manifestOf(name, join(providers, SIBLING)));
  return folder;
}

function manifestOf(name: string, sibling: string): string {
  const manifest = JSON.parse(readFileSync(join(sibling, 'package.json'), 'utf8')) as Record<string, unknown>;
  const own = {
    name: `@sluice/provider-${name}`,
    version: '0.0.0',
    description: `Adapter for the API of ${title(name)}.`,
  };
  return `${JSON.stringify({ ...manifest, ...own }, null, 2)}\n`;
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** `acme`, `Acme` and `ACME` of the template become `myVendor` or `my-vendor`, `MyVendor` and `MY_VENDOR`. */
function rename(text: string, name: string): string {
  const pascal = title(name).replaceAll(' ', '');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return text
    .replaceAll(/(?<=['"/-])acme\b/g, name)
    .replaceAll('acme', camel)
    .replaceAll('Acme', pascal)
    .replaceAll('ACME', name.toUpperCase().replaceAll('-', '_'));
}

function title(name: string): string {
  return name.replaceAll(/(^|-)([a-z0-9])/g, (_, dash: string, letter: string) => (dash && ' ') + letter.toUpperCase());
}
