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
  const before = keys.list(by).find((one) => one.id === id);
  return {
    work: () => keys.rotate(id, input, by),
    object: (rotated) => rotated?.record.id,
    before: before && toKeyView(before),
    after: (rotated) => rotated && toKeyView(rotated.record),
  };
}

/** A key that is revoked; no row where there is no such key. */
export function revocation(keys: KeyAdmin, id: string, by: Principal): AuditedChange<boolean> {
  const view = (): object | undefined => {
    const record = keys.list(by).find((one) => one.id === id);
    return record && toKeyView(record);
  };
  return {
    work: () => keys.revoke(id, by),
    object: (found) => (found ? id : undefined),
    before: view(),
    after: view,
  };
}
