import type { DirectoryUpdate } from '@sluice/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyRecord } from './__fixtures__/rows.js';
import { temporaryPath } from './__fixtures__/temporary-store.js';
import { openSqliteDirectoryCopy } from './index.js';

function open(path = temporaryPath()) {
  const copy = openSqliteDirectoryCopy({ path });
  onTestFinished(() => copy.close());
  return copy;
}

const ONE = { version: 1, token: 'one' };
const TWO = { version: 2, token: 'two' };
const WHOLE: DirectoryUpdate = {
  from: undefined,
  to: ONE,
  isWhole: true,
  changes: [{ of: 'keys', key: ['key_a'], record: keyRecord({ id: 'key_a' }) }],
};

describe('the copy of a directory in SQLite', () => {
  it('is what it was made of, after a restart too', () => {
    const path = temporaryPath();
    const first = open(path);
    expect([first.mark(), first.confirmedAtMs()]).toEqual([undefined, undefined]);
    expect(first.apply(WHOLE)).toBe(true);
    first.confirm(1_700_000_000_000.5);
    first.close();
    const copy = open(path);
    expect([copy.mark(), copy.confirmedAtMs()]).toEqual([ONE, 1_700_000_000_000]);
    // Of an organisation that the original does not have there is none.
    expect([copy.keys.list(), copy.tenancy.orgs.list()]).toEqual([[keyRecord({ id: 'key_a' })], []]);
  });

  it('moves on from where it is, and from nowhere else', () => {
    const copy = open();
    copy.apply(WHOLE);
    const changes: DirectoryUpdate['changes'] = [{ of: 'keys', key: ['key_a'] }];
    expect(copy.apply({ from: TWO, to: TWO, isWhole: false, changes })).toBe(false);
    expect(copy.apply({ ...WHOLE, to: TWO })).toBe(false);
    expect([copy.mark(), copy.keys.list().length]).toEqual([ONE, 1]);
    expect(copy.apply({ from: ONE, to: TWO, isWhole: false, changes })).toBe(true);
    expect([copy.mark(), copy.keys.list()]).toEqual([TWO, []]);
  });

  it('says what a change would come to, and is as it was before', () => {
    const copy = open();
    copy.apply(WHOLE);
    const version = copy.keys.version();
    const { result, changes } = copy.rehearse(() => {
      copy.settings.put({ kind: 'cors', name: 'production', value: {}, changedAtMs: 1 });
      copy.tenancy.orgs.insert({ id: 'default', name: 'default', createdAtMs: 1 });
      return copy.tenancy.orgs.remove('default', 7) && copy.keys.find('key_a')?.revokedAtMs;
    });
    expect(result).toBe(7);
    expect(changes).toStrictEqual([
      {
        of: 'settings',
        key: ['cors', 'production'],
        record: { kind: 'cors', name: 'production', value: {}, changedAtMs: 1 },
      },
      { of: 'orgs', key: ['default'] },
      { of: 'keys', key: ['key_a'], record: keyRecord({ id: 'key_a', revokedAtMs: 7 }) },
    ]);
    expect([copy.keys.version(), copy.keys.find('key_a')?.revokedAtMs, copy.settings.list()]).toEqual([
      version,
      undefined,
      [],
    ]);
    expect(copy.rehearse(() => 1).changes).toEqual([]);
  });

  it('is as it was before where the change fails, and fails with what that threw', () => {
    const copy = open();
    const cause = new Error('no');
    const fail = (): never => {
      copy.keys.insert(keyRecord());
      throw cause;
    };
    expect(() => copy.rehearse(fail)).toThrow(cause);
    expect(copy.keys.list()).toEqual([]);
  });

  it('cannot be used once it is closed', () => {
    const copy = open();
    copy.close();
    copy.close();
    for (const use of [
      () => copy.mark(),
      () => copy.keys.list(),
      () => copy.rehearse(() => 1),
      () => copy.apply(WHOLE),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
    }
  });
});
