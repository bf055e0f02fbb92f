import type { GatewayError } from '@sluice/contract';
import type { ComposedGateway } from '../composed-gateway.js';
import type { Callers } from '../http/callers.js';

/** Work that does not end when its callers leave. */
interface GoingOn {
  idle(): Promise<void>;
  stop(reason: GatewayError): void;
}

/** Every call, whether somebody waits for it or not. */
export function underWay(callers: Callers, others: readonly GoingOn[]): Pick<ComposedGateway, 'empty' | 'dismiss'> {
  return {
    async empty() {
      await callers.empty();
      // Whoever waited may have left work behind.
      for (const one of others) await one.idle();
    },
    dismiss(reason) {
      callers.dismiss(reason);
      for (const one of others) one.stop(reason);
    },
  };
}
