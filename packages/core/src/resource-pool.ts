import { hash } from 'node:crypto';
import { canonicalJson } from '@sluice/toolkit';

/** Something that outlives the configuration that first asked for it. */
export interface Resource<T> {
  readonly value: T;
  /** Runs once, when nobody holds it any more. */
  dispose?(): void | Promise<void>;
}

/** One holder's share of a resource. */
export interface Share<T> {
  readonly value: T;
  /** Idempotent. */
  release(): void;
}

/**
 * What must survive a change of the configuration: sockets, circuits, stores, tokens. Equal keys share one resource; it
 * is opened for its first holder and disposed of after its last. A configuration takes its shares before the one that
 * it follows gives back its own, so what both need is never closed in between.
 */
export class ResourcePool {
  readonly #held = new Map<string, { readonly resource: Resource<unknown>; holders: number }>();
  readonly #closing = new Set<Promise<void>>();
  readonly #onDisposeError: (cause: unknown) => void;

  constructor(onDisposeError: (cause: unknown) => void) {
    this.#onDisposeError = onDisposeError;
  }

  /** How many resources are open. */
  get size(): number {
    return this.#held.size;
  }

  /** Throws what `open` throws; nothing is then held. One key always means one type. */
  acquire<T>(key: string, open: () => Resource<T>): Share<T> {
    const entry = this.#held.get(key) ?? { resource: open(), holders: 0 };
    this.#held.set(key, entry);
    entry.holders += 1;
    let isHeld = true;
    return {
      value: entry.resource.value as T,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.holders -= 1;
        if (entry.holders === 0) this.#dispose(key, entry.resource);
      },
    };
  }

  /** Resolves when everything that was given back is closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** The key is free at once. */
  #dispose(key: string, resource: Resource<unknown>): void {
    this.#held.delete(key);
    const closing = this.#close(resource).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** A resource that cannot be closed is reported. */
  async #close(resource: Resource<unknown>): Promise<void> {
    try {
      await resource.dispose?.();
    } catch (cause) {
      this.#onDisposeError(cause);
    }
  }
}

/** The key of a resource: what it is, and a short hash of the settings that it was made from, in whatever order they stand. */
export function resourceKey(kind: string, settings: unknown): string {
  return `${kind} ${stableHash(settings)}`;
}

const HASH_CHARS = 12;

/** A short hash of settings; the order of their keys does not count. */
export function stableHash(settings: unknown): string {
  return hash('sha256', canonicalJson(settings)).slice(0, HASH_CHARS);
}
