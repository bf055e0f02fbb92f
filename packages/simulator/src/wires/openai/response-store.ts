import type { JsonObject } from '../../question.js';

/** A response that the vendor kept. */
export interface StoredResponse {
  readonly response: JsonObject;
  /** All that its model was shown: the turns before it, and what it was asked itself. */
  readonly input: readonly JsonObject[];
  /** Asked for in the background, and not looked at since. */
  readonly pending: boolean;
}

/** The responses that one simulator keeps. */
export interface ResponseStore {
  get(id: string): StoredResponse | undefined;
  put(id: string, stored: StoredResponse): void;
  delete(id: string): boolean;
}

const KEPT_RESPONSES = 1_000;

export function createResponseStore(): ResponseStore {
  const kept = new Map<string, StoredResponse>();
  return {
    get: (id) => kept.get(id),
    put(id, stored) {
      kept.set(id, stored);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_RESPONSES && oldest !== undefined) kept.delete(oldest);
    },
    delete: (id) => kept.delete(id),
  };
}
