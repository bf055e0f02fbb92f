export { createTransport } from './transport.js';
export type { PooledTransport, TransportSettings } from './transport.js';
