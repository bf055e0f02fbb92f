import type { Dialect } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/**
 * A dialect as Azure's older paths speak it: the model stands in the path, as the name of a deployment, and the body need
 * not name it. https://learn.microsoft.com/azure/ai-services/openai/reference
 */
export function atDeployment<Request, Result, Event, Of extends Dialect<Request, Result, Event>>(dialect: Of): Of {
  return {
    ...dialect,
    parse(body, address) {
      const model = address?.params?.['model'];
      return dialect.parse(isJsonObject(body) && model !== undefined ? { ...body, model } : body, address);
    },
  };
}
