import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditRow, AuditSeal } from '@sluice/contract';
import { derivePurposeKey } from '@sluice/toolkit';

/**
 * What links the rows of the audit log: the hash of each row covers all of its columns and the hash of the row before. It is
 * keyed, so that who can write the database, but does not have the data directory's secret, cannot mend the chain.
 */
export function createAuditSeal(secret: string): AuditSeal {
  const key = derivePurposeKey(secret, 'audit');
  const sign = (value: readonly unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(value)).digest('base64url');
  return {
    row: (row) => sign(['row', ...columnsOf(row)]),
    head: ({ seq, hash }) => sign(['head', seq, hash]),
  };
}

function columnsOf(row: Omit<AuditRow, 'hash'>): readonly unknown[] {
  const { seq, atMs, actor, actorName, role, tenant, action, object } = row;
  const { before = null, after = null, changed = null, address = null, requestId = null, previous } = row;
  return [
    seq,
    atMs,
    actor,
    actorName,
    role,
    tenant,
    action,
    object,
    before,
    after,
    changed,
    address,
    requestId,
    previous,
  ];
}

export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
