import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryParseJson } from '@sluice/toolkit';
import { z } from 'zod';
import { readTextFile } from './config/read-file.js';

const storedSecrets = z.strictObject({
  keyPepper: z.string().min(43),
  adminKey: z.string().min(32),
  adminKeyShown: z.boolean().exactOptional(),
  developmentKey: z.string().min(32).exactOptional(),
  sharedSecret: z.string().min(43).exactOptional(),
});
type StoredSecrets = z.output<typeof storedSecrets>;

/** The directory that holds all state. Its methods that write throw one plain error when it cannot be written. */
export interface DataDir {
  /** As it was named. */
  readonly path: string;
  readonly databasePath: string;
  readonly secretsPath: string;
  /** Without it the hashes of keys in the database are of no use. */
  readonly keyPepper: string;
  /** In place of `keyPepper`, for what this machine shares with others in `DATABASE_URL`; absent before it did. */
  readonly sharedSecret?: string;
  /** The ready key of the start screen; absent until a development start has made it. */
  readonly developmentKey?: string;
  /** What opens `/admin/v1`: the key from the environment, which is never written, else the kept one. */
  adminKey(given: string | undefined): AdminKey;
  /** From now on the kept admin key is not new any more. */
  markAdminKeyShown(): void;
  /** Keeps a new development key for the next start. */
  saveDevelopmentKey(key: string): void;
  /** Keeps what the machines agreed on, so that this one starts when it cannot ask. */
  saveSharedSecret(secret: string): void;
}
export interface AdminKey {
  readonly key: string;
  /** True for a kept key until it was shown: the one time to show it. */
  readonly isNew: boolean;
}

/**
 * Opens the directory, readable by its owner only, making it and its secrets at the first use; of several first uses at
 * once, one makes the secrets and the others take them. Throws one plain error that says what is wrong with it.
 */
export function openDataDir(path: string): DataDir {
  const secretsPath = join(path, 'secrets.json');
  const {
    keyPepper,
    adminKey,
    adminKeyShown = false,
    developmentKey,
    sharedSecret,
  } = explained(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return readSecrets(secretsPath) ?? createSecrets(secretsPath);
  });
  return {
    path,
    databasePath: join(path, 'sluice.db'),
    secretsPath,
    keyPepper,
    ...(developmentKey !== undefined && { developmentKey }),
    ...(sharedSecret !== undefined && { sharedSecret }),
    adminKey: (given) =>
      given === undefined ? { key: adminKey, isNew: !adminKeyShown } : { key: given, isNew: false },
    markAdminKeyShown: () => explained(path, () => changeSecrets(secretsPath, { adminKeyShown: true })),
    saveDevelopmentKey: (key) => explained(path, () => changeSecrets(secretsPath, { developmentKey: key })),
    saveSharedSecret: (secret) => explained(path, () => changeSecrets(secretsPath, { sharedSecret: secret })),
  };
}

const MAX_SECRETS_BYTES = 65_536;

class DamagedSecrets extends Error {}

/** Nothing when there is no file yet. A damaged one is never replaced: its pepper is what every key depends on. */
function readSecrets(path: string): StoredSecrets | undefined {
  const read = readTextFile(path, MAX_SECRETS_BYTES);
  if (!read.ok && read.missing) return undefined;
  if (!read.ok) throw new DamagedSecrets(`The secrets in ${path} cannot be used: ${read.reason}.`);
  chmodSync(path, 0o600);
  const parsed = storedSecrets.safeParse(tryParseJson(read.text));
  if (parsed.success) return parsed.data;
  throw new DamagedSecrets(
    `The secrets in ${path} cannot be used: the file is damaged. Restore it, or delete it and make new keys.`,
  );
}

/** Of several processes that get here at once, the first one's file stays and the others read it. */
function createSecrets(path: string): StoredSecrets {
  const made: StoredSecrets = { keyPepper: randomText(), adminKey: `sk-sluice-admin-${randomText()}` };
  return withTemporaryFile(path, made, (temporary) => {
    try {
      linkSync(temporary, path);
      return made;
    } catch (cause) {
      const winner = readSecrets(path);
      if (winner) return winner;
      throw cause;
    }
  });
}

function changeSecrets(path: string, change: Partial<StoredSecrets>): void {
  const secrets = { ...(readSecrets(path) ?? createSecrets(path)), ...change };
  withTemporaryFile(path, secrets, (temporary) => renameSync(temporary, path));
}

function withTemporaryFile<T>(path: string, secrets: StoredSecrets, use: (temporary: string) => T): T {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600, flush: true });
    return use(temporary);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** 256 random bits as 43 characters. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is not a directory',
  EEXIST: 'it is not a directory',
  ELOOP: 'its symbolic links go in a circle',
};

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof DamagedSecrets) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown failure';
    throw new Error(`The data directory ${path} cannot be used: ${REASONS[code] ?? code}.`, { cause });
  }
}
