import type { JsonObject } from './models.js';

/** Somebody who has signed in. */
export interface SessionRecord {
  /** Keyed hash of the id, which only the browser has. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Whom it speaks for, in the words of who made it. */
  readonly subject: JsonObject;
}

/** Sessions of people. Every method rejects with `storage_unavailable` when the store fails. */
export interface SessionRepository {
  /** Of one subject, no more than `most` stay: the oldest make room. */
  insert(record: SessionRecord, most: number): Promise<void>;
  /** Resolves with what has not expired. */
  find(hash: string, nowMs: number): Promise<SessionRecord | undefined>;
  /** False when there is none. */
  remove(hash: string): Promise<boolean>;
  /** Forgets what has expired. */
  sweep(nowMs: number): Promise<void>;
}
