import { toGatewayError } from '@sluice/contract';
import type { AuditRepository, Clock, ResponseRecord, ResponseRepository, SessionRepository } from '@sluice/contract';
import type { SqliteStore } from '@sluice/store-sqlite';
import { whenFree } from '@sluice/toolkit';

export interface PatientParts {
  readonly clock: Clock;
  /** Hears what could not be written after all. Must not throw. */
  readonly onError: (cause: unknown) => void;
}

/**
 * A store, opened with `asksAgain`, in whose small tables everybody waits for another process that holds the database, for up
 * to 2 s, while the event loop goes on.
 */
export function withPatience(store: SqliteStore, parts: PatientParts): SqliteStore {
  return {
    ...store,
    sessions: patientSessions(store.sessions, parts.clock),
    responses: new PatientResponses(store.responses, parts),
    audit: patientAudit(store.audit, parts.clock),
  };
}

function patientAudit(audit: AuditRepository, clock: Clock): AuditRepository {
  return { ...audit, record: (work, seal) => whenFree(() => audit.record(work, seal), clock) };
}

function patientSessions(sessions: SessionRepository, clock: Clock): SessionRepository {
  return {
    insert: (record, most) => whenFree(() => sessions.insert(record, most), clock),
    find: (hash, nowMs) => sessions.find(hash, nowMs),
    remove: (hash) => whenFree(() => sessions.remove(hash), clock),
    sweep: (nowMs) => whenFree(() => sessions.sweep(nowMs), clock),
  };
}

/** What could not be written at once is found all the same, and written when the store is free. */
class PatientResponses implements ResponseRepository {
  readonly #repository: ResponseRepository;
  readonly #parts: PatientParts;
  /** The newest of each that is still to be written. */
  readonly #waiting = new Map<string, ResponseRecord>();

  constructor(repository: ResponseRepository, parts: PatientParts) {
    this.#repository = repository;
    this.#parts = parts;
  }

  put(record: ResponseRecord): void {
    const place = placeOf(record);
    if (this.#waiting.has(place)) return void this.#waiting.set(place, record);
    try {
      this.#repository.put(record);
    } catch (cause) {
      if (toGatewayError(cause).details.retryAfterMs === undefined) throw cause;
      this.#waiting.set(place, record);
      void this.#putWhenFree(place);
    }
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
    const { clock, onError } = this.#parts;
    whenFree(() => this.#repository.sweep(nowMs), clock).catch(onError);
  }

  async #putWhenFree(place: string): Promise<void> {
    const put = (): void => {
      const record = this.#waiting.get(place);
      if (record) this.#repository.put(record);
      this.#waiting.delete(place);
    };
    try {
      await whenFree(put, this.#parts.clock);
    } catch (cause) {
      this.#waiting.delete(place);
      this.#parts.onError(cause);
    }
  }
}

function placeOf({ tenant, id }: Pick<ResponseRecord, 'tenant' | 'id'>): string {
  return `${id} ${tenant}`;
}
