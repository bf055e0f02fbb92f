import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject, SettingRecord, SettingRepository } from '@sluice/contract';
import { guarded } from './failure.js';

const COLUMNS = 'kind, name, value, changed_at_ms AS changedAtMs';

type SettingColumns = Omit<SettingRecord, 'value'> & { readonly value: string };

/** What operators set in an open, migrated database. Every method throws `storage_unavailable` when the database fails. */
export function createSettingRepository(database: DatabaseSync): SettingRepository {
  // An upsert, for the triggers that count changes do not see the deletion within a REPLACE.
  const put = database.prepare(
    `INSERT INTO settings (kind, name, value, changed_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value, changed_at_ms = excluded.changed_at_ms`,
  );
  const find = database.prepare(`SELECT ${COLUMNS} FROM settings WHERE kind = ? AND name = ?`);
  const list = database.prepare(`SELECT ${COLUMNS} FROM settings WHERE ?1 IS NULL OR kind = ?1 ORDER BY kind, name`);
  const remove = database.prepare('DELETE FROM settings WHERE kind = ? AND name = ?');
  const version = database.prepare('SELECT version FROM settings_version');
  return {
    put: ({ kind, name, value, changedAtMs }) =>
      guarded(() => void put.run(kind, name, JSON.stringify(value), changedAtMs)),
    find: (kind, name) =>
      guarded(() => {
        const columns = find.get(kind, name);
        return columns && toSettingRecord(columns);
      }),
    list: (kind) => guarded(() => list.all(kind ?? null).map(toSettingRecord)),
    delete: (kind, name) => guarded(() => remove.run(kind, name).changes > 0),
    version: () => guarded(() => Number(version.get()?.['version'])),
  };
}

function toSettingRecord(columns: object): SettingRecord {
  const { value, ...record } = columns as SettingColumns;
  return { ...record, value: JSON.parse(value) as JsonObject };
}
