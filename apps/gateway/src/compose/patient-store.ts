import { toGatewayError } from '@sluice/contract';
import type { AuditRepository, Clock, ResponseRecord, ResponseRepository, SessionRepository } from '@sluice/contract';
import type { SqliteStore } from '@sluice/store-sqlite';
import { Patience, Waiters, sleepNow } from '@sluice/toolkit';

export interface PatientParts {
  readonly clock: Clock;
  /** Hears what could not be written after all. Must not throw. */
  readonly onError: (cause: unknown) => void;
}

/**
 * A store, opened with `asksAgain`, in whose small tables everybody waits for another process that holds the database, for up
 * to 2 s, while the event loop goes on. Before it is closed, what waits to be written is.
 */
export function withPatience(store: SqliteStore, parts: PatientParts): SqliteStore {
  const waiters = new Waiters(parts.clock);
  const responses = new PatientResponses(store.responses, waiters, parts);
  return {
    ...store,
    sessions: patientSessions(store.sessions, waiters),
    responses,
    audit: patientAudit(store.audit, waiters),
    close() {
      responses.flush();
      store.close();
    },
  };
}

function patientAudit(audit: AuditRepository, waiters: Waiters): AuditRepository {
  return { ...audit, record: (work, seal) => waiters.whenFree(() => audit.record(work, seal)) };
}

function patientSessions(sessions: SessionRepository, waiters: Waiters): SessionRepository {
  return {
    insert: (record, most) => waiters.whenFree(() => sessions.insert(record, most)),
    find: (hash, nowMs) => sessions.find(hash, nowMs),
    remove: (hash) => waiters.whenFree(() => sessions.remove(hash)),
    sweep: (nowMs) => waiters.whenFree(() => sessions.sweep(nowMs)),
  };
}

const FLUSH_AGAIN_MS = 5;

/** What could not be written at once is found all the same, and written when the store is free. */
class PatientResponses implements ResponseRepository {
  readonly #repository: ResponseRepository;
  readonly #waiters: Waiters;
  readonly #parts: PatientParts;
  /** The newest of each that is still to be written. */
  readonly #waiting = new Map<string, ResponseRecord>();

  constructor(repository: ResponseRepository, waiters: Waiters, parts: PatientParts) {
    this.#repository = repository;
    this.#waiters = waiters;
    this.#parts = parts;
  }

  put(record: ResponseRecord): void {
    const place = placeOf(record);
    if (this.#waiting.has(place)) return void this.#waiting.set(place, record);
    // Behind others who wait it need not be tried, nor written out in vain.
    if (this.#waiting.size === 0 && this.#isPut(record)) return;
    this.#waiting.set(place, record);
    void this.#putWhenFree(place);
  }

  find(tenant: string, id: string, nowMs: number): ResponseRecord | undefined {
    const waiting = this.#waiting.get(placeOf({ tenant, id }));
    if (waiting) return waiting.expiresAtMs > nowMs ? waiting : undefined;
    return this.#repository.find(tenant, id, nowMs);
  }

  /** Throws, with `retryAfterMs`, where it is to be asked again. */
  delete(tenant: string, id: string): boolean {
    const isDeleted = this.#repository.delete(tenant, id);
    return this.#waiting.delete(placeOf({ tenant, id })) || isDeleted;
  }

  sweep(nowMs: number): void {
    this.#waiters.whenFree(() => this.#repository.sweep(nowMs)).catch(this.#parts.onError);
  }

  /** Writes all that waits. Nobody would ask again: the event loop waits for it, for up to 2 s. Never throws. */
  flush(): void {
    const { clock, onError } = this.#parts;
    const patience = new Patience(clock);
    for (const [place, record] of this.#waiting) {
      try {
        while (!this.#isPut(record, patience)) sleepNow(FLUSH_AGAIN_MS);
      } catch (cause) {
        onError(cause);
      }
      this.#waiting.delete(place);
    }
  }

  /** False where another process holds the store, and `patience` lasts. */
  #isPut(record: ResponseRecord, patience?: Patience): boolean {
    try {
      this.#repository.put(record);
      return true;
    } catch (cause) {
      const failure = toGatewayError(cause);
      const isHeld = patience ? patience.has(failure) : failure.details.retryAfterMs !== undefined;
      if (isHeld) return false;
      throw cause;
    }
  }

  async #putWhenFree(place: string): Promise<void> {
    const put = (): void => {
      const record = this.#waiting.get(place);
      if (record) this.#repository.put(record);
      this.#waiting.delete(place);
    };
    try {
      await this.#waiters.whenFree(put);
    } catch (cause) {
      this.#waiting.delete(place);
      this.#parts.onError(cause);
    }
  }
}

function placeOf({ tenant, id }: Pick<ResponseRecord, 'tenant' | 'id'>): string {
  return `${id} ${tenant}`;
}
