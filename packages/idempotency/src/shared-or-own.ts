import type { AtomicKeyValueStore } from '@sluice/contract';
import { isFull } from './claim.js';

/** `reject`: without the shared store nothing is done. `local`: then the machine's own decides. */
export type SharedStorePolicy = 'reject' | 'local';

export interface SharedOrOwnOptions {
  /** What all machines have in common. */
  readonly shared: AtomicKeyValueStore;
  /** What this machine has for itself. */
  readonly own: AtomicKeyValueStore;
  /** Of the moment. */
  readonly policy: () => SharedStorePolicy;
  /**
   * Hears why the shared store cannot be asked where the own one decides, once until it can be again, and of each answer for
   * which it has no room. Must not throw.
   */
  readonly onError: (cause: unknown) => void;
}

/**
 * The store of all machines, and under `local` the machine's own beside it: a key that came to this machine holds here
 * whether or not the others can be asked, also when what it was claimed in is lost before it is answered.
 */
export function sharedOrOwn({ shared, own, policy, onError }: SharedOrOwnOptions): AtomicKeyValueStore {
  let isFailing = false;
  /** What the shared store says, or `otherwise`. */
  const orElse = async <T>(asked: Promise<T>, otherwise: T): Promise<T> => {
    try {
      const answer = await asked;
      isFailing = false;
      return answer;
    } catch (cause) {
      if (!isFailing) onError(cause);
      isFailing = true;
      return otherwise;
    }
  };
  const both: AtomicKeyValueStore = {
    async putIfAbsent(key, entry, signal) {
      const known = await own.putIfAbsent(key, entry, signal);
      if (known) return known;
      const found = await orElse(shared.putIfAbsent(key, entry, signal), undefined);
      if (found) await own.deleteIf(key, entry.value, signal);
      return found;
    },
    async replace(key, change, signal) {
      const isReplaced = await own.replace(key, change, signal);
      const replacing = { key, change, signal, onError };
      return orElse(replaceOrPut(shared, replacing, isReplaced), isReplaced);
    },
    async deleteIf(key, expected, signal) {
      const isDeleted = await own.deleteIf(key, expected, signal);
      return orElse(shared.deleteIf(key, expected, signal), isDeleted);
    },
  };
  const current = (): AtomicKeyValueStore => (policy() === 'local' ? both : shared);
  return {
    putIfAbsent: (key, entry, signal) => current().putIfAbsent(key, entry, signal),
    replace: (key, change, signal) => current().replace(key, change, signal),
    deleteIf: (key, expected, signal) => current().deleteIf(key, expected, signal),
  };
}

interface Replacing {
  readonly key: string;
  readonly change: Parameters<AtomicKeyValueStore['replace']>[1];
  readonly signal: AbortSignal;
  readonly onError: (cause: unknown) => void;
}

/**
 * Where the shared store has forgotten what the machine still holds, it is told again. Where it has no room, the key is free
 * there: what was kept here is not known to the others, who need not wait for it.
 */
async function replaceOrPut(
  shared: AtomicKeyValueStore,
  { key, change, signal, onError }: Replacing,
  isHeld: boolean,
): Promise<boolean> {
  try {
    if (await shared.replace(key, change, signal)) return true;
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    onError(cause);
    await shared.deleteIf(key, change.expected, signal);
    return isHeld;
  }
  return isHeld && (await shared.putIfAbsent(key, change, signal)) === undefined;
}
