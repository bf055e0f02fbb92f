import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Of a database that is gone with its test. */
export function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-idempotency-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'sluice.db');
}
