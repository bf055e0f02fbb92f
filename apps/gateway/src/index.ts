export { createGateway } from './gateway.js';
export type { Gateway, GatewayConfig, GatewayOptions } from './gateway.js';
