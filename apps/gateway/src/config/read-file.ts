import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Larger files are refused: a configuration is written by hand. */
export const MAX_CONFIG_BYTES = 1_048_576;

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly missing: boolean };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ELOOP: 'its symbolic links go in a circle',
  EISDIR: 'it is not a regular file',
  ENXIO: 'it is not a regular file',
  ENAMETOOLONG: 'its name is too long',
};

/** The text of a regular UTF-8 file, a leading byte-order mark taken off. Total, and never waits on a pipe or a device. */
export function readTextFile(path: string, maxBytes = MAX_CONFIG_BYTES): FileText {
  try {
    return decodeText(readBytes(path, maxBytes));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const known = cause instanceof Unreadable ? cause.message : REASONS[code];
    return {
      ok: false,
      missing: code === 'ENOENT',
      reason: known ?? `it cannot be read (${code || 'unknown failure'})`,
    };
  }
}

class Unreadable extends Error {}

function readBytes(path: string, maxBytes: number): Uint8Array {
  // Without O_NONBLOCK the open itself would wait for a writer of a pipe.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Unreadable('it is not a regular file');
    if (stat.size > maxBytes) throw new Unreadable(`it is larger than ${maxBytes} bytes`);
    const bytes = new Uint8Array(stat.size);
    return bytes.subarray(0, readAll(file, bytes));
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, into: Uint8Array): number {
  let length = 0;
  for (let read = -1; read !== 0 && length < into.length; length += read) {
    read = readSync(file, into, length, into.length - length, null);
  }
  return length;
}

function decodeText(bytes: Uint8Array): FileText {
  if (bytes.includes(0)) return { ok: false, missing: false, reason: 'it is not UTF-8 text (it holds NUL bytes)' };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, missing: false, reason: 'it is not UTF-8 text' };
  }
}
