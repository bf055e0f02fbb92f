export { SIMULATOR_MODELS } from './models.js';
export { startSimulator } from './server.js';
export type { SimulatorModel } from './models.js';
export type { SimulatedRequest } from './request-log.js';
export type { Simulator, SimulatorOptions } from './server.js';
