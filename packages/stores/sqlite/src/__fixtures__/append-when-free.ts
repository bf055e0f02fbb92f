import { setTimeout as sleep } from 'node:timers/promises';
import { isGatewayError } from '@sluice/contract';
import type { LedgerRepository } from '@sluice/contract';

/** Beside another process that writes as well. */
export async function appendWhenFree(
  ledger: LedgerRepository,
  batch: Parameters<LedgerRepository['append']>[0],
): Promise<void> {
  for (;;) {
    try {
      return ledger.append(batch);
    } catch (cause) {
      const retryAfterMs = isGatewayError(cause) ? cause.details.retryAfterMs : undefined;
      if (retryAfterMs === undefined) throw cause;
      await sleep(retryAfterMs);
    }
  }
}
