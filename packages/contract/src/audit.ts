/** What an operator did. */
export interface AuditEntry {
  readonly atMs: number;
  /** The id of the key, token or command that did it. */
  readonly actor: string;
  readonly actorName: string;
  readonly role: string;
  readonly tenant: string;
  /** `createKey`. */
  readonly action: string;
  /** What it was done to, by its id; empty where it has none. */
  readonly object: string;
  /** Digests of the object's states, absent where there is none or it is not known. */
  readonly before?: string;
  readonly after?: string;
  /** The names of the fields that differ, with a space between them. */
  readonly changed?: string;
  /** Where the call came from. */
  readonly address?: string;
  readonly requestId?: string;
}
/** An entry as a link of the chain. */
export interface AuditRow extends AuditEntry {
  /** From 1, without a gap. */
  readonly seq: number;
  /** The hash of the row before; empty in the first. */
  readonly previous: string;
  readonly hash: string;
}
/** Which row is the last one. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
  /** Says that who marked the end could make rows. */
  readonly mac: string;
}
/** What makes the links. */
export interface AuditSeal {
  row(row: Omit<AuditRow, 'hash'>): string;
  head(head: Pick<AuditHead, 'seq' | 'hash'>): string;
}
export interface AuditQuery {
  readonly limit: number;
  /** Only rows before this one. */
  readonly before?: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly tenant?: string;
}
/**
 * Rows that are only ever added, by whatever process. What operators change of keys, tenancy and settings goes through
 * `record`, and no other way: those repositories answer at once, from what this process holds, and a change of them is
 * in force once it is where all processes see it. Every method rejects with `storage_unavailable` while that cannot be had.
 */
export interface AuditRepository {
  /**
   * Runs `work`, which reads and changes the newest state that there is, and adds the row of its entry, in one transaction:
   * both or none. Resolves when this process sees the change. `work` throws as it likes, and may not wait for anything.
   */
  record<T>(work: () => { readonly result: T; readonly entry?: AuditEntry }, seal: AuditSeal): Promise<T>;
  head(): Promise<AuditHead | undefined>;
  /** From the first row to the row `last`, one at a time. */
  all(last: number): AsyncIterable<AuditRow>;
  /** Newest first. */
  page(query: AuditQuery): Promise<readonly AuditRow[]>;
}
