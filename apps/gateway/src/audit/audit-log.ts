import type { AuditEntry, AuditRepository, AuditSeal, Clock } from '@sluice/contract';
import type { Followers } from './followers.js';
import { changedFields, digestOf } from './digest.js';

/** Who does something, and from where. */
export type AuditActor = Pick<AuditEntry, 'actor' | 'actorName' | 'role' | 'tenant' | 'address' | 'requestId'>;

/** A change that is made together with its row. */
export interface AuditedChange<T> {
  work(): T;
  /** What was changed, by its id; nothing where nothing was, and then there is no row. */
  object(result: T): string | undefined;
  /** The state as it was, without secrets; asked before `work` runs. */
  before?(): unknown;
  /** The state as it is then, without secrets. */
  after?(result: T): unknown;
}

/** Writes down what operators do. */
export interface AuditLog {
  /** Makes the change and its row in one transaction: both or none. Rejects with what `work` throws. */
  change<T>(actor: AuditActor, action: string, change: AuditedChange<T>): Promise<T>;
  /** Writes down what is about to be done. Rejects with `storage_unavailable`, and then it is better not done. */
  note(actor: AuditActor, action: string, object: string): Promise<void>;
}

export interface AuditLogDeps {
  readonly audit: AuditRepository;
  readonly seal: AuditSeal;
  readonly clock: Clock;
  /** Absent: nothing follows. */
  readonly followers?: Followers;
}

export function createAuditLog({ audit, seal, clock, followers }: AuditLogDeps): AuditLog {
  return {
    async change(actor, action, { work, object, before, after }) {
      const make = () => {
        const former = before?.();
        const result = work();
        const changed = object(result);
        if (changed === undefined) return { result };
        const states = describe(former, after?.(result));
        return { result, entry: { ...actor, atMs: clock.now(), action, object: changed, ...states } };
      };
      if (!followers) return audit.record(make, seal);
      const held = followers.hold(make);
      const result = await audit.record(held.change, seal);
      held.release();
      return result;
    },
    note: (actor, action, object) =>
      audit.record(() => ({ result: undefined, entry: { ...actor, atMs: clock.now(), action, object } }), seal),
  };
}

function describe(before: unknown, after: unknown): Pick<AuditEntry, 'before' | 'after' | 'changed'> {
  return {
    ...(before !== undefined && { before: digestOf(before) }),
    ...(after !== undefined && { after: digestOf(after) }),
    ...((before !== undefined || after !== undefined) && { changed: changedFields(before, after).join(' ') }),
  };
}
