import { composeGateway } from '../compose.js';
import { serve } from '../serve.js';
import type { Launch } from './launch.js';

/** Composes the gateway and puts it behind its socket. */
export const launchGateway: Launch = async (request) => {
  const gateway = composeGateway(request);
  try {
    return await serve(gateway, request.config.server);
  } catch (cause) {
    gateway.stop();
    await gateway.close();
    throw cause;
  }
};
