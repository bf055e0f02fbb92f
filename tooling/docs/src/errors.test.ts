import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_TABLE } from '@sluice/contract';
import type { ErrorRow } from '@sluice/contract';
import { ROOT } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { errorsPage } from './errors.js';
import { readPages } from './pages.js';

describe('docs/errors.md', () => {
  it('is what `pnpm docs:errors` writes', () => {
    expect(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')).toBe(errorsPage());
  });
});

describe('every other page', () => {
  it('names only errors that there are, with the status that they have', () => {
    const table: Readonly<Record<string, ErrorRow>> = ERROR_TABLE;
    const named = [...readPages()].flatMap(([path, text]) =>
      [...text.replaceAll(/\s+/g, ' ').matchAll(/([45]\d\d)`? `?([a-z]+(?:_[a-z]+)+)`/g)].map(
        ([, status, code = '']) => ({ path, code, status: Number(status) }),
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ code, status }) => table[code]?.status !== status)).toEqual([]);
  });
});

describe('errorsPage', () => {
  const row = { status: 500, type: 'server_error', retry: 'never', summary: 'It broke.' } as const;
  const lastRow = (page: string): string | undefined => page.trimEnd().split('\n').at(-1);

  it('orders the rows by status', () => {
    const page = errorsPage({ late: { ...row, status: 503 }, early: { ...row, status: 400 } });
    expect(lastRow(page)).toContain('`late`');
  });

  it.for([
    ['no', row],
    ['yes', { ...row, retry: 'next-target' as const }],
    ['`timeout`', { ...row, failureClass: 'timeout' as const }],
  ] as const)('says %s about the fallback of such a row', ([said, candidate]) => {
    expect(
      lastRow(errorsPage({ code: candidate }))
        ?.split('|')[4]
        ?.trim(),
    ).toBe(said);
  });

  it('says that refused credentials of ours always move on', () => {
    const page = errorsPage({ upstream_auth_error: { ...row, failureClass: 'server_error' } });
    expect(lastRow(page)?.split('|')[4]?.trim()).toBe('yes');
  });
});
