import type { Timeouts } from '@sluice/core';
import { z } from 'zod';
import { MAX_TIMER_MS } from '../system-clock.js';

const deadline = (meaning: string) => z.int().min(1).max(MAX_TIMER_MS).optional().describe(meaning);

/** How long the gateway waits for a provider. What an alias leaves out its provider says; what both leave out is {@link DEFAULT_TIMEOUTS}. */
export const timeoutSettings = z
  .strictObject({
    connectMs: deadline('Milliseconds until the connection must stand. Default 5000.'),
    firstTokenMs: deadline(
      'Milliseconds until the first content of a stream (default 60000) or the first byte of a plain answer (default: no limit).',
    ),
    idleMs: deadline('Milliseconds that a stream may be silent. Default 60000.'),
    totalMs: deadline('Milliseconds for the whole request, all attempts together. Default 600000.'),
  })
  .describe('How long the gateway waits for a provider.');

export type TimeoutSettings = z.output<typeof timeoutSettings>;

/** What holds where neither the alias nor the provider says anything. */
const DEFAULT_TIMEOUTS = { connectMs: 5_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 600_000 } as const;

/** The bounds that hold together: of each the first that is set, the alias's before the provider's. */
export function resolveTimeouts(...layers: readonly (TimeoutSettings | undefined)[]): Timeouts {
  const first = (name: keyof TimeoutSettings): number | undefined => layers.find((layer) => layer?.[name])?.[name];
  return {
    connectMs: first('connectMs') ?? DEFAULT_TIMEOUTS.connectMs,
    firstTokenMs: first('firstTokenMs') ?? DEFAULT_TIMEOUTS.firstTokenMs,
    idleMs: first('idleMs') ?? DEFAULT_TIMEOUTS.idleMs,
    totalMs: first('totalMs') ?? DEFAULT_TIMEOUTS.totalMs,
    firstTokenBindsPlain: first('firstTokenMs') !== undefined,
  };
}
