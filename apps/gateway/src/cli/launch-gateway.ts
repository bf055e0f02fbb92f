import { composeGateway } from '../compose.js';
import { serve } from '../serve.js';
import type { Launch } from './launch.js';

/** A start that cannot have what it was told to use ends, and leaves the address to others. */
const STORES_WITHIN_MS = 1_200;

/** Composes the gateway and puts it behind its socket. */
export const launchGateway: Launch = async (request) => {
  const gateway = composeGateway(request);
  try {
    await gateway.reached(STORES_WITHIN_MS);
    return await serve(gateway, request.config.server);
  } catch (cause) {
    gateway.stop();
    await gateway.close();
    throw cause;
  }
};
