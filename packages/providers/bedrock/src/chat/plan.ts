import type { Adjustment, JsonObject } from '@sluice/contract';

/** A part of a body, and what of the request it could not keep. Fields of the same name in two parts are joined. */
export interface Plan {
  readonly body?: JsonObject;
  readonly inferenceConfig?: JsonObject;
  readonly outputConfig?: JsonObject;
  /** What goes to the model as its maker names it. */
  readonly additionalModelRequestFields?: JsonObject;
  readonly adjustments?: readonly Adjustment[];
}

const JOINED = ['inferenceConfig', 'outputConfig', 'additionalModelRequestFields'] as const;

/** The plans as one body. What nothing was planned for is left out. */
export function toBody(plans: readonly Plan[]): JsonObject {
  const body: Record<string, unknown> = Object.assign({}, ...plans.map((plan) => plan.body)) as Record<string, unknown>;
  for (const field of JOINED) {
    const joined = Object.assign({}, ...plans.map((plan) => plan[field])) as JsonObject;
    if (Object.keys(joined).length > 0) body[field] = joined;
  }
  return body;
}

/** Everything that the plans could not keep, each parameter once. */
export function toAdjustments(plans: readonly Plan[]): readonly Adjustment[] {
  const found = new Map<string, Adjustment>();
  for (const { adjustments = [] } of plans) {
    for (const adjustment of adjustments) {
      if (!found.has(adjustment.parameter)) found.set(adjustment.parameter, adjustment);
    }
  }
  return [...found.values()];
}
