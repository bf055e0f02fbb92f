import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryDir } from '../../__fixtures__/temporary-dir.js';

/** A file system of its own, which can be filled. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no byte. */
  fill(): void;
  empty(): void;
}

/** Why this machine cannot mount a disk for a test; empty where it can. */
export const missing = process.getuid?.() === 0 ? '' : ' (skipped: only root can mount a disk)';

/** Mounted until the test is over. */
export function smallDisk(size = '8m'): SmallDisk {
  const path = join(temporaryDir(), 'disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fill(filler),
    empty: () => rmSync(filler),
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const bytes of [65_536, 4_096, 1]) while (hasRoom(file, bytes));
  } finally {
    closeSync(file);
  }
}

function hasRoom(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch {
    return false;
  }
}

export const SLOWER_BY_MS = 250;

/** For `LD_PRELOAD`: each wait for the disk takes so much longer. */
export function slowFsync(): string {
  const library = join(temporaryDir(), 'slow-fsync.so');
  const source = fileURLToPath(new URL('slow-fsync.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', `-DSLOWER_BY_US=${SLOWER_BY_MS * 1_000}`, '-o', library, source]);
  return library;
}
