import type { Asked } from '../wire.js';
import type { JsonObject } from '../../question.js';

/** The body with the model that the address names, where it does: Azure's deployments. */
export function namedBody({ body, params }: Pick<Asked, 'body' | 'params'>): JsonObject {
  return params['model'] === undefined ? body : { ...body, model: params['model'] };
}
