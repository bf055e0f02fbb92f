import type { JsonObject } from '@sluice/contract';
import type { OnceRequest } from '../once.js';
import type { Asked, RunContext } from './run-context.js';

/** The parts of a request by which it is known again: where it was sent, and its body as it came. */
export function onceRequest<Request, Result, Event>(
  { call, endpoint }: RunContext<Request, Result, Event>,
  { principal: { tenant, keyId }, parsed, recalled, given }: Asked<Request>,
): OnceRequest {
  const { params, query } = call.received;
  // What goes on without its caller is streamed by the provider; the caller gets what it asked for.
  const stream = recalled?.detached ? (given.wire as JsonObject)['stream'] === true : parsed.stream;
  const address = JSON.stringify([call.route, params, query?.toString()]);
  // The boundary of a form differs each time, so what lies between is compared.
  const parts = (): readonly (string | Uint8Array)[] =>
    endpoint.dialect.body === 'multipart' ? ['POST', address, ...formParts(given.wire)] : ['POST', address, given.body];
  return { stream, tenant, keyId, parts };
}

function formParts(value: unknown): readonly (string | Uint8Array)[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return ['bytes', value];
  if (Array.isArray(value)) return [`list ${value.length}`, ...value.flatMap(formParts)];
  const members = Object.entries(value ?? {});
  return [`members ${members.length}`, ...members.flatMap(([name, member]) => [name, ...formParts(member)])];
}
