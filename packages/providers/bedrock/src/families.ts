import { gatewayError } from '@sluice/contract';
import type { Adjustment, JsonObject } from '@sluice/contract';

/** A body for `InvokeModel`, and what of the request it could not keep. */
export interface Written {
  readonly body: JsonObject;
  readonly adjustments: readonly Adjustment[];
}

/** How requests are written for the models whose ids match: each family has a form of its own. */
export type Families<Request> = readonly (readonly [RegExp, (request: Request) => Written])[];

/** Throws `invalid_value` for a model of no known family; `what` says what is not known of it. */
export function toFamily<Request>(
  families: Families<Request>,
  model: string,
  what: string,
): (request: Request) => Written {
  const family = families.find(([pattern]) => pattern.test(model))?.[1];
  if (family) return family;
  const message = `model: it is not known how this model ${what}.`;
  throw gatewayError('invalid_value', { message, details: { param: 'model' } });
}
