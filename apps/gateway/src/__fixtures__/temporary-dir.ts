import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new directory that the running test may fill; it goes when the test ends. */
export function temporaryDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
