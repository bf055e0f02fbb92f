import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders, Priority } from '@sluice/contract';

const HEADER = 'x-sluice-priority';
const PRIORITIES: ReadonlySet<unknown> = new Set<Priority>(['high', 'normal', 'low']);

/** How urgent a request is among its caller's own. Throws `invalid_value`. */
export function readPriority({ [HEADER]: asked }: IncomingHeaders): Priority {
  if (asked === undefined) return 'normal';
  if (PRIORITIES.has(asked)) return asked as Priority;
  throw gatewayError('invalid_value', {
    message: `The header ${HEADER} must be high, normal or low.`,
    details: { param: HEADER },
  });
}
