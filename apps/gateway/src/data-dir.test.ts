import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { openDataDir } from './data-dir.js';

const newPath = () => join(temporaryDir(), 'state');
const modeOf = (path: string) => statSync(path).mode & 0o777;
const kept = (path: string) => JSON.parse(readFileSync(join(path, 'secrets.json'), 'utf8')) as Record<string, string>;

describe('openDataDir', () => {
  it('makes a directory and secrets that only their owner can read', () => {
    const path = newPath();
    openDataDir(path);
    expect([modeOf(path), modeOf(join(path, 'secrets.json'))]).toEqual([0o700, 0o600]);
    expect(readdirSync(path)).toEqual(['secrets.json']);
  });

  it('makes an admin key once, which is new until it was shown', () => {
    const path = newPath();
    const { key } = openDataDir(path).adminKey(undefined);
    expect(key).toMatch(/^sk-sluice-admin-[A-Za-z0-9_-]{43}$/);
    const second = openDataDir(path);
    expect(second.adminKey(undefined)).toEqual({ key, isNew: true });
    second.markAdminKeyShown();
    expect(openDataDir(path).adminKey(undefined)).toEqual({ key, isNew: false });
  });

  it('lets the admin key of the environment win, and writes it nowhere', () => {
    const path = newPath();
    expect(openDataDir(path).adminKey('given')).toEqual({ key: 'given', isNew: false });
    expect(JSON.stringify(kept(path))).not.toContain('given');
  });

  it('keeps the pepper from one use to the next', () => {
    const path = newPath();
    expect(openDataDir(path).keyPepper).toBe(openDataDir(path).keyPepper);
    expect(openDataDir(path).keyPepper).toHaveLength(43);
  });

  it('keeps the development key beside what another process wrote meanwhile', () => {
    const path = newPath();
    const dataDir = openDataDir(path);
    openDataDir(path).markAdminKeyShown();
    dataDir.saveDevelopmentKey('sk-sluice-development-0123456789abcdef');
    expect(kept(path)).toMatchObject({ adminKeyShown: true, developmentKey: 'sk-sluice-development-0123456789abcdef' });
    expect(openDataDir(path).developmentKey).toBe('sk-sluice-development-0123456789abcdef');
  });

  it('closes a secrets file that others could read', () => {
    const path = newPath();
    openDataDir(path);
    chmodSync(join(path, 'secrets.json'), 0o644);
    openDataDir(path);
    expect(modeOf(join(path, 'secrets.json'))).toBe(0o600);
  });

  it.each(['', '{"keyPepper": 1}', 'garbage'])('leaves a damaged secrets file as it is: %j', (content) => {
    const path = newPath();
    openDataDir(path);
    writeFileSync(join(path, 'secrets.json'), content);
    expect(() => openDataDir(path)).toThrow(/secrets\.json cannot be used: the file is damaged/);
    expect(readFileSync(join(path, 'secrets.json'), 'utf8')).toBe(content);
  });

  it('says in one sentence why a directory cannot be used', () => {
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    expect(() => openDataDir(file)).toThrow(`The data directory ${file} cannot be used: it is not a directory.`);
    expect(() => openDataDir(join(file, 'below'))).toThrow('cannot be used: it is not a directory.');
  });
});
