import type { Adjustment } from '@sluice/contract';

/** A part of a body, and what of the request it could not keep. */
export interface Plan {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly adjustments: readonly Adjustment[];
}

/** One parameter that goes on in another form, or not at all. */
export function adjusted(parameter: string, action: Adjustment['action']): readonly Adjustment[] {
  return [{ parameter, action }];
}

/** A parameter that does not go on, where the caller gave it. */
export function dropped(parameter: string, given: unknown): readonly Adjustment[] {
  return given === undefined ? [] : [{ parameter, action: 'dropped' }];
}
