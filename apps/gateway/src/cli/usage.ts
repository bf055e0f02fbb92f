import type { Command, CommandOption } from './command.js';

/** The screen of `sluice --help`. */
export function renderUsage(commands: readonly Command[]): string {
  const rows = commands.map((command) => [synopsis(command), command.summary] as const);
  return ['Usage: sluice COMMAND [options]', '', ...table(rows), '', 'sluice COMMAND --help says more.', ''].join('\n');
}

/** The screen of `sluice COMMAND --help`. */
export function renderCommandUsage(command: Command): string {
  const rows = Object.entries({ ...command.options, ...COMMON }).map(([name, { value, summary, short }]) => {
    const long = value === '' ? `--${name}` : `--${name} ${value}`;
    return [short === undefined ? long : `-${short}, ${long}`, summary] as const;
  });
  return [`Usage: sluice ${synopsis(command)} [options]`, '', command.summary, '', ...table(rows), ''].join('\n');
}

const COMMON: Readonly<Record<string, CommandOption>> = {
  json: { value: '', summary: 'Answer in JSON' },
  help: { value: '', short: 'h', summary: 'Show this' },
};

function synopsis({ name, positionals }: Command): string {
  return [name, ...positionals].join(' ');
}

/** Rows of cells, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
