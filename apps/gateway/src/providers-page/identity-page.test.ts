import { readFileSync } from 'node:fs';
import { PERMISSIONS, ROLES } from '@sluice/auth';
import type { PermissionRow } from '@sluice/auth';
import { expect, it } from 'vitest';

const PAGE = new URL('../../../../docs/identity.md', import.meta.url);
const MARK = '<!-- permissions -->';

it('docs/identity.md shows the table of permissions', () => {
  const [, table = ''] = readFileSync(PAGE, 'utf8').split(MARK);
  const [head, , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  expect(head).toEqual(['permission', 'what', ...ROLES]);
  expect(rows).toEqual(
    Object.entries<PermissionRow>(PERMISSIONS).map(([name, { roles, scope, summary }]) => [
      `\`${name}\``,
      summary,
      ...ROLES.map((role) => (roles.includes(role) ? (scope === 'gateway' ? 'in `default`' : 'yes') : '')),
    ]),
  );
});
