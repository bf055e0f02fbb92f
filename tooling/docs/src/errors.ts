import { ERROR_TABLE } from '@sluice/contract';
import type { ErrorCode, ErrorRow } from '@sluice/contract';

const INTRODUCTION = `# Errors

Made from \`ERROR_TABLE\` in \`packages/contract/src/errors.ts\` by \`pnpm docs:errors\`; edits here are lost.

Every failure has one code. Answers carry it as \`error.code\`, log lines as \`errorCode\`, and so do ledger rows. The status
and the type below are those of the OpenAI dialect and the admin API; the other dialects keep the status and name the type
in their own words.

- **Fallback**: whether the next target of an alias is asked. A group such as \`server_error\` stands for "if the alias
  names it under \`fallbackOn\`"; _yes_ for "always"; _no_ for "never, another target would not help".
- \`upstream_auth_error\` always moves on, whatever \`fallbackOn\` says: the gateway's own credentials are nobody else's
  fault.
- After the first byte of a stream there is no status left to choose. The failure comes as one error event, and the
  stream ends without its usual end.
`;

/** The page `docs/errors.md`: every row of the table, by status. */
export function errorsPage(table: Readonly<Record<string, ErrorRow>> = ERROR_TABLE): string {
  const rows = Object.entries(table).sort(([, a], [, b]) => a.status - b.status);
  const cells = rows.map(([code, row]) => [
    String(row.status),
    `\`${code}\``,
    `\`${row.type}\``,
    fallback(code as ErrorCode, row),
    row.shownAs === undefined ? row.summary : `${row.summary} Callers see \`${row.shownAs}\`.`,
  ]);
  return `${INTRODUCTION}\n${toTable([['Status', 'Code', 'Type', 'Fallback', 'Meaning'], ...cells])}`;
}

function fallback(code: ErrorCode, { retry, failureClass }: ErrorRow): string {
  if (code === 'upstream_auth_error') return 'yes';
  if (failureClass !== undefined) return `\`${failureClass}\``;
  return retry === 'next-target' ? 'yes' : 'no';
}

/** A Markdown table with its columns in line, as the formatter wants them. */
function toTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return [line(head), rule, ...body.map(line)].join('');
}
