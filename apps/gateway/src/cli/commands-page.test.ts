import { describe, expect, it } from 'vitest';
import { cli } from '../__fixtures__/cli.js';
import { examplesIn, pages, readPage } from '../__fixtures__/pages.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';

const PAGE = 'docs/configuration.md';

/** Command and options of each row of the table, as the page writes them. */
function rows(): readonly (readonly string[])[] {
  const section = readPage(PAGE)
    .split('\n## ')
    .find((one) => one.startsWith('Commands\n'));
  const [, , ...lines] = (section ?? '').split('\n').filter((line) => line.startsWith('| '));
  const cells = lines.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return cells.filter(([, name = '']) => name.startsWith('`')).map(([, name = '', options = '']) => [name, options]);
}

/** The same of a command as it is. */
function rowOf({ name, positionals, options }: Command): readonly string[] {
  const written = Object.entries(options).map(([option, { value, short }]) => {
    const long = value === '' ? `--${option}` : `--${option} ${value}`;
    return `\`${short === undefined ? long : `-${short}, ${long}`}\``;
  });
  return [`\`${[name, ...positionals].join(' ')}\``, written.join(' ')];
}

/** Every command line that the pages show, without redirections and remarks. */
function shown(): readonly string[] {
  const inline = pages().flatMap(({ text }) => [...text.matchAll(/`sluice ([a-z][^`\n]*)`/g)]);
  const blocks = examplesIn('sh', 'bash').flatMap(({ text }) => [
    ...text.matchAll(/^(?:\w+=\S+ +)*sluice ([^#>\n]+)/gm),
  ]);
  return [...new Set([...inline, ...blocks].map(([, line = '']) => line.replace(/ [#>].*/, '').trim()))];
}

const isGroup = (line: string): boolean => COMMANDS.some(({ name }) => name.startsWith(`${line} `));

describe('the commands of docs/configuration.md', () => {
  it('are those that there are, in their order, with the options of each', () => {
    expect(rows()).toEqual(COMMANDS.map(rowOf));
  });
});

describe('every command line that a page shows', () => {
  const lines = shown().filter((line) => !isGroup(line) || COMMANDS.some(({ name }) => name === line));

  it('is found', () => {
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each(lines)('names a command and options that there are: sluice %s', async (line) => {
    expect(await cli([...line.split(/\s+/), '--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});
