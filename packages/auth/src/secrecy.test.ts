import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { ADMIN_KEY, authRig, bearer } from './__fixtures__/auth-rig.js';
import { ADMIN } from './index.js';

const PIECE = 12;

/** Every 12-character piece of a key, in the forms in which it could have been written down. */
function piecesOf(key: string): string[] {
  const forms = [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex'), encodeURIComponent(key)];
  return forms.flatMap((form) =>
    Array.from({ length: form.length - PIECE + 1 }, (_, start) => form.slice(start, start + PIECE)),
  );
}

function contentsOf(directory: string): string {
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('\n');
}

it('leaves no piece of a presented key in the database, its side files or the records', async () => {
  const { admin, ask, directory } = authRig();
  const { key, record } = admin.create({ name: 'canary' }, ADMIN);
  const refused = 'sk-sluice-never-stored-0123456789abcdefghijklmnopqrstuv';
  for (const presented of [key, refused, ADMIN_KEY]) await ask(bearer(presented));
  admin.revoke(record.id, ADMIN);

  const written = contentsOf(directory) + JSON.stringify(admin.list(ADMIN));
  expect(written).toContain(record.hash);
  expect([key, refused, ADMIN_KEY].flatMap(piecesOf).filter((piece) => written.includes(piece))).toEqual([]);
});

it('names no presented key in a refusal', async () => {
  const { auth } = authRig();
  const presented = 'sk-sluice-never-shown-0123456789abcdefghijklmnopqrstuvwx';
  const asked = auth.authenticate({ headers: bearer(presented) }, new AbortController().signal);
  const shown = inspect(await asked.catch((error: unknown) => error), { depth: Infinity, showHidden: true });
  expect(shown).toContain('invalid_api_key');
  expect(piecesOf(presented).filter((piece) => shown.includes(piece))).toEqual([]);
});
