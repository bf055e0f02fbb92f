import type { SettingRecord } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const record = (given: Partial<SettingRecord> = {}): SettingRecord => ({
  kind: 'cors',
  name: 'production',
  value: { origins: ['https://app.example.com'] },
  changedAtMs: 1_700_000_000_000,
  ...given,
});

describe('settings in SQLite', () => {
  it('give back what was put', () => {
    const { settings } = temporaryStore();
    settings.put(record());
    expect(settings.find('cors', 'production')).toStrictEqual(record());
  });

  it('are one for each kind and name', () => {
    const { settings } = temporaryStore();
    settings.put(record({ name: 'b' }));
    settings.put(record({ name: 'a', value: { old: true } }));
    settings.put(record({ name: 'a', value: { old: false } }));
    settings.put(record({ kind: 'other', name: 'a' }));
    expect(settings.list('cors').map(({ name, value }) => [name, value['old']])).toEqual([
      ['a', false],
      ['b', undefined],
    ]);
  });

  it('are gone once deleted, and say whether they were there', () => {
    const { settings } = temporaryStore();
    settings.put(record());
    expect([settings.delete('cors', 'production'), settings.delete('cors', 'production')]).toEqual([true, false]);
    expect(settings.find('cors', 'production')).toBeUndefined();
  });

  it('count every change, also those of another process', () => {
    const path = temporaryPath();
    const [here, there] = [temporaryStore({ path }).settings, temporaryStore({ path }).settings];
    const versions = [here.version()];
    for (const change of [
      () => there.put(record()),
      () => there.put(record({ changedAtMs: 1 })),
      () => void there.delete('cors', 'production'),
    ]) {
      change();
      versions.push(here.version());
    }
    expect(new Set(versions).size).toBe(4);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });
});
