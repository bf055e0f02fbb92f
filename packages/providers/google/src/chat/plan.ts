import type { Adjustment, JsonObject } from '@sluice/contract';

/** Some fields of a body, and what of the request they could not keep. */
export interface Plan {
  readonly body?: JsonObject;
  /** Fields of its `generationConfig`. */
  readonly config?: JsonObject;
  readonly adjustments?: readonly Adjustment[];
}
