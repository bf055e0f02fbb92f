import { RequestFault, refuse, type Fault } from '../../steps.js';
import { TEST_CREDENTIALS, bearerOf } from '../../credentials.js';
import type { Asked, Vendor } from '../wire.js';
import type { Flaw, Path } from '../../shape/shape.js';

/** Cohere's errors: docs.cohere.com/reference/errors, and npm cohere-ai 8.1.0, dist/api/errors. */
export const COHERE: Vendor = {
  name: 'cohere',
  requestIdHeader: '',
  cacheRule: 'automatic',
  admit,
  fault: ({ message, model }: Fault, requestId) => ({
    id: requestId,
    message:
      model === undefined
        ? message
        : `model '${model}' not found, make sure the correct model ID was used and that you have access to the model.`,
  }),
};

function admit({ headers, world }: Asked): void {
  if (!world.checkKeys) return;
  const key = bearerOf(headers.authorization);
  if (key === TEST_CREDENTIALS.cohere.apiKey) return;
  const message = key === undefined ? 'no api key supplied' : 'invalid api token';
  throw new RequestFault({ kind: 'authentication', status: 401, message });
}

/** Throws the vendor's 400 for a flaw. */
export function refuseFlaw({ kind, path, expected, value, allowed = [], min, max }: Flaw): never {
  const field = toField(path);
  switch (kind) {
    case 'missing':
      return refuse(`invalid request: '${field}' is required.`);
    case 'unknown':
      return refuse(`invalid request: unknown field: parameter '${field}' is not a valid field.`);
    case 'type':
      return refuse(`invalid request: invalid type: parameter '${field}' should be of type ${expected}.`);
    case 'value':
      return refuse(`invalid request: '${field}' must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}.`);
    case 'range':
    case 'length':
      return refuse(`invalid request: '${field}' must be between ${min ?? 0} and ${max ?? 'any'}.`);
  }
}

function toField(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
