import type { CreatedKey, CreateKeyInput, KeyAdmin, RotateKeyInput } from '@sluice/auth';
import { toKeyView } from '@sluice/auth';
import type { Principal } from '@sluice/contract';
import type { AuditedChange } from './audit-log.js';

/** A key that is made, as the audit log has it, wherever it is made. */
export function creation(keys: KeyAdmin, input: CreateKeyInput, by: Principal): AuditedChange<CreatedKey> {
  return {
    work: () => keys.create(input, by),
    object: ({ record }) => record.id,
    after: ({ record }) => toKeyView(record),
  };
}

/** A key that gets another secret; no row where there is none that still works. */
export function rotation(
  keys: KeyAdmin,
  id: string,
  { input, by }: { readonly input: RotateKeyInput; readonly by: Principal },
): AuditedChange<CreatedKey | undefined> {
  return {
    work: () => keys.rotate(id, input, by),
    object: (rotated) => rotated?.record.id,
    before: () => viewOf(keys, id, by),
    after: (rotated) => rotated && toKeyView(rotated.record),
  };
}

/** A key that is revoked; no row where there is no such key. */
export function revocation(keys: KeyAdmin, id: string, by: Principal): AuditedChange<boolean> {
  const view = () => viewOf(keys, id, by);
  return {
    work: () => keys.revoke(id, by),
    object: (found) => (found ? id : undefined),
    before: view,
    after: view,
  };
}

function viewOf(keys: KeyAdmin, id: string, by: Principal): object | undefined {
  const record = keys.find(id, by);
  return record && toKeyView(record);
}
