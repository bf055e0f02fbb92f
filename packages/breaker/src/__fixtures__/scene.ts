import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { CircuitNames, Circuits, ErrorCode, Permit } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { breakerSettings, createCircuits } from '../index.js';
import type { CircuitsDeps } from '../index.js';

export const down = gatewayError('upstream_connection_error');

export function setUp(options: Omit<CircuitsDeps, 'clock'> = {}) {
  const clock = createManualClock();
  const circuits = createCircuits(breakerSettings.parse({}), { clock, ...options });
  return { clock, circuits };
}

/** The circuits of a target and of one of its provider's keys. */
export function at(target: string, key = 0): CircuitNames {
  const [provider] = target.split('/');
  return { target, key: `${provider}#${key}`, keyAtTarget: `${target}#${key}` };
}

export function admitted(circuits: Circuits, target = 'a'): Permit {
  const permit = circuits.admit(at(target));
  if (permit === undefined) throw new Error(`no permit for ${target}`);
  return permit;
}

export async function fail(circuits: Circuits, times: number, code: ErrorCode = 'upstream_connection_error'): Promise<void> {
  for (let i = 0; i < times; i += 1) admitted(circuits).fail(gatewayError(code));
  await setImmediate();
}

export async function openCircuit(options?: Omit<CircuitsDeps, 'clock'>) {
  const parts = setUp(options);
  await fail(parts.circuits, 5);
  return parts;
}

/** Lets the rest of an open circuit pass and settles the probe. */
export async function probe({ clock, circuits }: Awaited<ReturnType<typeof openCircuit>>, error?: typeof down) {
  clock.advance(circuits.retryAfterMs('a'));
  const permit = admitted(circuits);
  if (error) permit.fail(error);
  else permit.succeed();
  await setImmediate();
}
