import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { MAX_CONFIG_BYTES, readTextFile } from './read-file.js';

function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryDir(), 'file');
  writeFileSync(path, content);
  return path;
}

describe('readTextFile', () => {
  it('reads a UTF-8 file without its byte-order mark', () => {
    expect(readTextFile(fileWith('\uFEFFgrüße'))).toEqual({ ok: true, text: 'grüße' });
  });

  it('reads through a symbolic link', () => {
    const path = join(temporaryDir(), 'link');
    symlinkSync(fileWith('a: 1'), path);
    expect(readTextFile(path)).toEqual({ ok: true, text: 'a: 1' });
  });

  it('tells a file that is not there from one that cannot be read', () => {
    expect(readTextFile(join(temporaryDir(), 'none'))).toMatchObject({ ok: false, missing: true });
    expect(readTextFile(temporaryDir())).toMatchObject({ ok: false, missing: false });
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFFa: 1', 'utf16le')],
    ['NUL bytes', Buffer.from('a: \0')],
    ['broken UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62])],
  ])('refuses %s', (_, bytes) => {
    expect(readTextFile(fileWith(bytes))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('not UTF-8 text') as unknown,
    });
  });

  it('refuses a file over the cap, and takes one of just that size', () => {
    expect(readTextFile(fileWith('x'.repeat(MAX_CONFIG_BYTES))).ok).toBe(true);
    expect(readTextFile(fileWith('x'.repeat(MAX_CONFIG_BYTES + 1)))).toMatchObject({
      ok: false,
      reason: 'it is larger than 1048576 bytes',
    });
  });

  it('refuses a pipe without waiting for a writer', () => {
    const path = join(temporaryDir(), 'pipe');
    execFileSync('mkfifo', [path]);
    expect(readTextFile(path)).toMatchObject({ ok: false, reason: 'it is not a regular file' });
  });

  it('refuses a directory and a device', () => {
    const path = join(temporaryDir(), 'dir');
    mkdirSync(path);
    expect(readTextFile(path)).toMatchObject({ ok: false, reason: 'it is not a regular file' });
    expect(readTextFile('/dev/zero')).toMatchObject({ ok: false, reason: 'it is not a regular file' });
  });

  it('refuses symbolic links that go in a circle', () => {
    const path = join(temporaryDir(), 'loop');
    symlinkSync(path, path);
    expect(readTextFile(path)).toMatchObject({ ok: false, reason: 'its symbolic links go in a circle' });
  });
});
