import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS, ROLES } from '@sluice/auth';
import type { PermissionRow } from '@sluice/auth';
import { ROOT } from '@sluice/tooling-workspace';
import { expect, it } from 'vitest';

const MARK = '<!-- permissions -->';

it('docs/identity.md shows the table of permissions', () => {
  const [, table = ''] = readFileSync(join(ROOT, 'docs/identity.md'), 'utf8').split(MARK);
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
