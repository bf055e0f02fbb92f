import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * What has become of the log of a database under its process. `deleted`: the file is gone, or another one is in its place;
 * what is written goes on in the one that is gone. `cut`: it has less than was written to it.
 */
export type LogFault = 'deleted' | 'cut';

/** So often a log that looks cut is looked at again: somebody may be emptying it, as is right, at the moment. */
const LOOKS = 3;
/** Of the file and of each page in it. https://sqlite.org/fileformat2.html#walformat */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * The log of an open database, which is a file beside it. It is never opened here: a process that closes it loses its locks. The
 * connection is to be one on which no row is still to be read when it is asked: SQLite refuses to look while one is.
 */
export class WriteAheadLog {
  readonly #path: string;
  readonly #inode: number | undefined;
  /** Absent where SQLite cannot say how long its log is without doing a checkpoint. */
  readonly #frames: StatementSync | undefined;
  readonly #checkpoint: StatementSync;
  readonly #frameBytes: number;

  constructor(database: DatabaseSync, path: string) {
    this.#path = `${path}-wal`;
    this.#frames = canCountFrames(database) ? database.prepare('PRAGMA wal_checkpoint(NOOP)') : undefined;
    this.#checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#frameBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']) + FRAME_HEADER_BYTES;
    this.#inode = this.#stat()?.ino;
  }

  /** Nothing where all is well. A cut is found with SQLite 3.51 and newer. */
  find(): LogFault | undefined {
    if (this.#stat()?.ino !== this.#inode) return 'deleted';
    for (let look = 0; look < LOOKS; look += 1) if (!this.#isCut()) return undefined;
    return 'cut';
  }

  /** Copies what it has into the database. Never where it is cut: that would write holes over what is there. */
  empty(): void {
    this.#checkpoint.get();
  }

  #isCut(): boolean {
    if (!this.#frames) return false;
    const before = this.#stat()?.size ?? 0;
    const frames = Number(this.#frames.get()?.['log']);
    const after = this.#stat()?.size ?? 0;
    return frames > 0 && Math.max(before, after) < HEADER_BYTES + frames * this.#frameBytes;
  }

  #stat() {
    return statSync(this.#path, { throwIfNoEntry: false });
  }
}

/**
 * Whether it says how long its log is. Before SQLite 3.51 an unknown mode is a checkpoint like any other, which would copy the
 * holes of a log that is cut.
 */
export function canCountFrames(database: DatabaseSync): boolean {
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { readonly version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || minor >= 51;
}
