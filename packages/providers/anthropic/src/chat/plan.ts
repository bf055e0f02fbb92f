import type { Adjustment } from '@sluice/contract';

/** A part of a body, and what of the request it could not keep. */
export interface Plan {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly adjustments: readonly Adjustment[];
}
