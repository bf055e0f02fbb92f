export { createGateway } from './gateway.js';
export type { Gateway, GatewayConfig, GatewayOptions, Reloaded } from './gateway.js';
