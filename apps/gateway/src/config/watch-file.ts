import { hash } from 'node:crypto';
import { realpathSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@sluice/contract';
import { readTextFile } from './read-file.js';

/** After an event, the file is looked at when whoever writes has had this long. */
const SETTLE_MS = 50;
/** A content that was the same for this long is taken for whole: editors and copies write in steps. */
const STABLE_MS = 300;
/** How often the file is looked at where no event comes, as on network file systems. */
const POLL_MS = 5_000;

export interface WatchDeps {
  readonly clock: Clock;
  /** Hears of every content that stayed, each once. Must not throw. */
  readonly onChange: () => void;
  /** Hears once that events cannot be had: the file is then looked at every five seconds only. */
  readonly onTrouble: (cause: unknown) => void;
}

/**
 * Watches a file by its content, which is known from the moment of the construction. It is the folders of the name and of
 * what it leads to that are watched: a file may be replaced, deleted and made anew, or be a symbolic link that is turned
 * to another version, as Kubernetes does with mounted ConfigMaps.
 */
export class FileWatch {
  readonly #path: string;
  readonly #watchers = new Map<string, FSWatcher>();
  #deps: WatchDeps | undefined;
  /** The content that was last told of. */
  #told: string;
  #seen: string;
  #seenAtMs = 0;
  #stamp = '';
  #isTroubled = false;
  #cancelLook: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#told = this.#seen = digestOf(path);
  }

  /** Tells of changes from now on, those since the construction too. */
  start(deps: WatchDeps): void {
    this.#deps = deps;
    this.#watchFolders();
    this.#look();
    this.#poll();
  }

  stop(): void {
    this.#deps = undefined;
    this.#cancelLook?.();
    this.#cancelPoll?.();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #lookIn(ms: number): void {
    this.#cancelLook ??= this.#deps?.clock.after(ms, () => {
      this.#cancelLook = undefined;
      this.#watchFolders();
      this.#look();
    });
  }

  /** Acts on a content once it has stayed the same for a while. */
  #look(): void {
    const { clock, onChange } = this.#deps ?? {};
    if (!clock || !onChange) return;
    const digest = digestOf(this.#path);
    const nowMs = clock.monotonic();
    if (digest !== this.#seen) {
      this.#seen = digest;
      this.#seenAtMs = nowMs;
    }
    if (digest === this.#told) return;
    const leftMs = this.#seenAtMs + STABLE_MS - nowMs;
    if (leftMs > 0) return this.#lookIn(leftMs);
    this.#told = digest;
    onChange();
  }

  #poll(): void {
    this.#cancelPoll = this.#deps?.clock.after(POLL_MS, () => {
      const stamp = stampOf(this.#path);
      if (stamp !== this.#stamp) this.#lookIn(0);
      this.#stamp = stamp;
      this.#poll();
    });
  }

  /** Where the file stands now; a folder that is gone or was made anew loses its watcher or gets another. */
  #watchFolders(): void {
    const folders = foldersOf(this.#path);
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const onLoss = (cause: unknown): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
      if (!this.#isTroubled) this.#deps?.onTrouble(cause);
      this.#isTroubled = true;
    };
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookIn(SETTLE_MS));
      watcher.on('error', onLoss);
      this.#watchers.set(folder, watcher);
    } catch (cause) {
      onLoss(cause);
    }
  }
}

function foldersOf(path: string): ReadonlySet<string> {
  const folders = new Set([dirname(path)]);
  try {
    folders.add(dirname(realpathSync(path)));
  } catch {
    // It leads nowhere at the moment; when it does again, its folder shows it.
  }
  return folders;
}

/** A short text that is another one for every other content, and for every reason why there is none. */
function digestOf(path: string): string {
  const read = readTextFile(path);
  return read.ok ? hash('sha256', read.text) : `none: ${read.reason}`;
}

/** Empty where there is nothing to be known, as of a link that leads to itself. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}
