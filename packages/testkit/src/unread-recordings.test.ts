import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unreadRecordings } from './unread-recordings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function unread(files: readonly string[], prefixes = ['chat', 'models']): readonly string[] {
  for (const file of files) writeFileSync(join(folder, file), '');
  return unreadRecordings(pathToFileURL(`${folder}/`), prefixes);
}

it('finds nothing where every file goes with another', () => {
  const files = ['chat-a.request.json', 'chat-a.upstream.json', 'chat-a.adjustments.json', 'chat-a.target.json'];
  const stream = ['chat-b.bin', 'chat-b.events.json', 'chat-c.sse', 'chat-c.error.json'];
  const form = ['chat-d.request.json', 'chat-d.upstream.form.json'];
  const models = ['models.response.json', 'models.result.json'];
  expect(unread([...files, ...stream, ...form, ...models, 'README.md', 'keys.ts'])).toEqual([]);
});

it.for([
  ['chat-a.request.json', 'chat-a.upstream.json or chat-a.upstream.form.json is missing'],
  ['chat-a.response.json', 'chat-a.result.json is missing'],
  ['chat-a.events.json', 'chat-a.sse or chat-a.ndjson or chat-a.bin is missing'],
  ['embed-a.request.json', 'the provider has none of chat, models by the first word of this name'],
  ['chatter.request.json', 'the provider has none of chat, models by the first word of this name'],
] as const)('says why %s is not read', ([file, why]) => {
  expect(unread([file])).toEqual([`${file}: ${why}`]);
});

it('finds nothing where there is no folder', () => {
  expect(unreadRecordings(new URL('file:///nowhere/at/all/'), ['chat'])).toEqual([]);
});
