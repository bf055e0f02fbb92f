import type { AuditRepository } from './audit.js';
import type { KeyRecord, KeyRepository, SettingRecord, SettingRepository } from './store.js';
import type { OrgRecord, TeamRecord, TenancyRepository, UserRecord } from './tenancy.js';

/**
 * Who may call and what operators set, with the log of what they did. It is read at once, from what this process has; it is
 * changed through `audit.record` alone.
 */
export interface Directory {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  readonly settings: SettingRepository;
  readonly audit: AuditRepository;
}

/** What a directory is made of, in the order in which one may name another. */
export interface DirectoryRecords {
  readonly orgs: OrgRecord;
  readonly teams: TeamRecord;
  readonly users: UserRecord;
  readonly keys: KeyRecord;
  readonly settings: SettingRecord;
}
export type DirectoryKind = keyof DirectoryRecords;

/** What a record is found by: its id, a setting by its kind and name. */
export type DirectoryKey = readonly [string] | readonly [kind: string, name: string];

/** A record as it is from now on. */
export type DirectoryChange = {
  [Kind in DirectoryKind]: {
    readonly of: Kind;
    readonly key: DirectoryKey;
    /** Absent: there is none any more. */
    readonly record?: DirectoryRecords[Kind];
  };
}[DirectoryKind];

/** Up to where a directory was read. */
export interface DirectoryMark {
  /** One more with every change. */
  readonly version: number;
  /** Tells this change from another with the same number, as there is where a database was put back to what it was. */
  readonly token: string;
}

/** From one mark to another. */
export interface DirectoryUpdate {
  /** Where the copy is; absent where nothing was copied yet. */
  readonly from: DirectoryMark | undefined;
  readonly to: DirectoryMark;
  /** Whether `changes` are all that there is, rather than what became of it since `from`. */
  readonly isWhole: boolean;
  readonly changes: readonly DirectoryChange[];
}

/** What a rehearsed change came to. */
export interface Rehearsal<T> {
  readonly result: T;
  readonly changes: readonly DirectoryChange[];
}

/** This machine's copy of a directory that is kept elsewhere. Processes may share one. */
export interface DirectoryCopy extends Omit<Directory, 'audit'> {
  /** Absent where nothing was copied yet. */
  mark(): DirectoryMark | undefined;
  /** When the copy was last known to be the newest state; absent where it never was. */
  confirmedAtMs(): number | undefined;
  confirm(atMs: number): void;
  /** Runs `work`, which reads and changes the copy, takes all of it back, and says what it was. Throws what `work` throws. */
  rehearse<T>(work: () => T): Rehearsal<T>;
  /** All or nothing. False, and nothing is done, where the copy is not at `from` any more. */
  apply(update: DirectoryUpdate): boolean;
  /** Idempotent; later calls throw `storage_unavailable`. */
  close(): void;
}
