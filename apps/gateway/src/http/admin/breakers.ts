import type { CircuitView, ControlledCircuits } from '@sluice/breaker';
import { gatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import type { ProcessLog } from '@sluice/telemetry';
import { z } from 'zod';
import { jsonContent, noStore } from '../answers.js';
import type { Route, RouteCall } from '../route.js';

export interface BreakerRoutesDeps {
  readonly circuits: Pick<ControlledCircuits, 'list' | 'forceOpen' | 'reset'>;
  /** Whether the configuration has a provider of this name. */
  hasProvider(name: string): boolean;
  /** Whether the provider has a key of this number. */
  hasKey(provider: string, key: number): boolean;
  /** Is told of what operators change. */
  readonly log: Pick<ProcessLog, 'warn'>;
}

const breakerView = z
  .strictObject({
    target: z.string().meta({
      description: 'PROVIDER/MODEL; of a key, by its number, PROVIDER#KEY, or PROVIDER/MODEL#KEY at one model alone.',
      example: 'openai/gpt-5-mini',
    }),
    of: z.enum(['target', 'key']).meta({ description: 'Whose circuit it is.' }),
    state: z.enum(['closed', 'half-open', 'open']),
    failures: z.int().meta({ description: 'In a row.' }),
    retryAfterMs: z.number().nullable().meta({
      description: 'Milliseconds until one request tries the target; null where it is held open until a reset.',
    }),
    forced: z.boolean().meta({ description: 'Held open by an operator.' }),
  })
  .meta({ description: 'The circuit of one target, or of one key.' });

const breakerList = z.strictObject({ data: z.array(breakerView) }).meta({ description: 'Circuits by their targets.' });

const targetParam = z.object({
  target: z.string().meta({
    description: 'PROVIDER/MODEL, PROVIDER#KEY or PROVIDER/MODEL#KEY, percent-encoded as one segment of the path.',
    example: 'openai%2Fgpt-5-mini',
  }),
});

/** `/admin/v1/breakers`. An operator may force open whatever target, the last of an alias too: that is then their wish. */
export function createBreakerRoutes(deps: BreakerRoutesDeps): readonly Route[] {
  return [listRoute(deps), openRoute(deps), resetRoute(deps)];
}

function listRoute({ circuits }: BreakerRoutesDeps): Route {
  return {
    method: 'GET',
    path: '/admin/v1/breakers',
    access: 'breakers:read',
    openapi: {
      operationId: 'listBreakers',
      summary: 'List the circuits of all targets that were asked, and of all keys that failed',
      tags: ['breakers'],
      responses: { 200: { description: 'All circuits.', content: jsonContent(breakerList) } },
    },
    handle: async () => {
      const found = circuits.list().toSorted((a, b) => (a.target < b.target ? -1 : 1));
      return jsonAnswer(200, { data: found.map(toBreakerView) }, noStore);
    },
  };
}

function openRoute(deps: BreakerRoutesDeps): Route {
  return {
    method: 'POST',
    path: '/admin/v1/breakers/{target}/open',
    access: 'breakers:write',
    openapi: {
      operationId: 'openBreaker',
      summary: 'Leave a target or a key out until its circuit is reset',
      tags: ['breakers'],
      requestParams: { path: targetParam },
      responses: { 200: { description: 'The circuit as it is now.', content: jsonContent(breakerView) } },
    },
    handle: async (call) => change('forceOpen', call, deps),
  };
}

function resetRoute(deps: BreakerRoutesDeps): Route {
  return {
    method: 'POST',
    path: '/admin/v1/breakers/{target}/reset',
    access: 'breakers:write',
    openapi: {
      operationId: 'resetBreaker',
      summary: 'Close the circuit of a target or a key and forget its failures',
      tags: ['breakers'],
      requestParams: { path: targetParam },
      responses: { 200: { description: 'The circuit as it is now.', content: jsonContent(breakerView) } },
    },
    handle: async (call) => change('reset', call, deps),
  };
}

const MESSAGES = { forceOpen: 'circuit forced open', reset: 'circuit reset' } as const;

function change(action: keyof typeof MESSAGES, call: RouteCall, deps: BreakerRoutesDeps): Answer {
  const { circuits, log } = deps;
  const target = knownTarget(call.params['target'] ?? '', deps);
  circuits[action](target);
  const { principal, requestId } = call;
  log.warn(MESSAGES[action], { target, requestId, keyId: principal?.keyId, keyName: principal?.keyName });
  const view = circuits.list().find((circuit) => circuit.target === target);
  return jsonAnswer(200, toBreakerView(view ?? untouched(target)), noStore);
}

/** A provider, a model or none, and the number of a key or none; not just a provider. */
const CIRCUIT = /^(?<provider>[^/#]+)(?<model>\/.+?)?(?:#(?<key>\d{1,6}))?$/s;

function knownTarget(target: string, { hasProvider, hasKey }: BreakerRoutesDeps): string {
  const { provider = '', model, key } = CIRCUIT.exec(target)?.groups ?? {};
  const isNamed = model !== undefined || key !== undefined;
  const isThere = hasProvider(provider) && (key === undefined || hasKey(provider, Number(key)));
  if (isNamed && isThere) return target;
  throw gatewayError('not_found', {
    message:
      'There is no such circuit: PROVIDER/MODEL, PROVIDER#KEY or PROVIDER/MODEL#KEY, with a provider of the file.',
  });
}

function untouched(target: string): CircuitView {
  const of = /#\d+$/.test(target) ? 'key' : 'target';
  return { target, of, state: 'closed', failures: 0, retryAfterMs: 0, forced: false };
}

function toBreakerView({ retryAfterMs, ...view }: CircuitView): z.output<typeof breakerView> {
  return { ...view, retryAfterMs: view.forced ? null : Math.ceil(retryAfterMs) };
}
