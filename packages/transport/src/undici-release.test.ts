import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The first release in which all of them are mended. */
const MENDED_IN = [8, 10, 2] as const;

it.each(['CVE-2026-1525', 'CVE-2026-1527', 'CVE-2026-22036', 'CVE-2026-84890'])(
  '%s is mended in the undici that is used',
  () => {
    const entry = fileURLToPath(import.meta.resolve('undici'));
    const { name, version } = JSON.parse(readFileSync(entry.replace(/[^/\\]+$/, 'package.json'), 'utf8')) as {
      readonly name: string;
      readonly version: string;
    };
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
    const isMended = major > MENDED_IN[0] || (major === MENDED_IN[0] && (minor > 10 || (minor === 10 && patch >= 2)));
    expect([name, isMended]).toEqual(['undici', true]);
  },
);
