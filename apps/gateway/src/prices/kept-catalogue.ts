import { createHash, randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '@sluice/catalogue';
import type { CatalogueData, CatalogueSourceSettings } from '@sluice/catalogue';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import { readTextFile } from '../config/read-file.js';
import { MAX_CATALOGUE_BYTES } from './fetch-catalogue.js';

/** The last good catalogue of a source, with what is gone from it. */
export interface KeptText {
  readonly takenAtMs: number;
  readonly text: string;
}
export type KeptCatalogue =
  | { readonly ok: true; readonly data: CatalogueData; readonly takenAtMs: number }
  | { readonly ok: false; readonly reason: string };

const FILE = 'catalogue.json';
/** What it has, and as much that is gone; more room than that needs. */
const MAX_KEPT_BYTES = 4 * MAX_CATALOGUE_BYTES;

/** Nothing where none of this source was kept. Its prices were looked at when it was taken. */
export function readKept(
  folder: string,
  settings: CatalogueSourceSettings,
  known: CatalogueData,
): KeptCatalogue | undefined {
  const file = readTextFile(join(folder, FILE), MAX_KEPT_BYTES);
  if (!file.ok) return file.missing ? undefined : file;
  const end = file.text.indexOf('\n');
  const head = tryParseJson(file.text.slice(0, Math.max(0, end)));
  if (!isJsonObject(head)) return { ok: false, reason: 'it is damaged' };
  const { source, takenAtMs } = head;
  if (source !== idOf(settings) || typeof takenAtMs !== 'number') return undefined;
  const read = readCatalogue(file.text.slice(end + 1), { known, maxPriceFactor: undefined });
  return read.ok ? { ok: true, data: read.data, takenAtMs } : read;
}

/** The one before stays until this one is whole. Throws where the folder cannot be written. */
export function keep(folder: string, settings: CatalogueSourceSettings, { text, takenAtMs }: KeptText): void {
  const path = join(folder, FILE);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const head = JSON.stringify({ source: idOf(settings), takenAtMs });
  try {
    writeFileSync(temporary, `${head}\n${text}`, { mode: 0o600, flush: true });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Of the whole address: two that differ in their query are two sources. A digest, for there may be a secret in it. */
function idOf({ url, file }: CatalogueSourceSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([url ?? '', file ?? '']))
    .digest('hex');
}
