import type { Role } from './identity.js';

/** What organisations, teams and users have in common. */
export interface Tenanted {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** From then on nothing that belongs to it opens anything. */
  readonly disabledAtMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A tenant: nothing of it is ever seen by another one. */
export type OrgRecord = Tenanted;

export interface TeamRecord extends Tenanted {
  readonly org: string;
}

/** A person, or a service account: who a key is made for, or a token speaks for. */
export interface UserRecord extends Tenanted {
  readonly org: string;
  readonly team?: string;
  readonly kind: 'person' | 'service';
  /** The most that its keys may do. What its tokens may they say themselves. */
  readonly role: Role;
  readonly email?: string;
  /** `sub` of its tokens. */
  readonly subject?: string;
  /** `iss` of whoever names it so. Absent: whoever names that subject means it. */
  readonly issuer?: string;
}

export interface RecordRepository<R extends Tenanted> {
  /** False, and nothing done, when the id is taken. */
  insert(record: R): boolean;
  /** The oldest first; of one organisation alone where it is given. */
  list(org?: string): readonly R[];
  find(id: string): R | undefined;
  /** Replaces the record with the same id. False when there is none. */
  update(record: R): boolean;
  /** Deletes it with all that belongs to it, and revokes the keys of that. False when there is none. */
  remove(id: string, atMs: number): boolean;
}

/** Changes move the version of the keys, too: what a key may do depends on whom it belongs to. */
export interface TenancyRepository {
  readonly orgs: RecordRepository<OrgRecord>;
  readonly teams: RecordRepository<TeamRecord>;
  readonly users: RecordRepository<UserRecord>;
}
