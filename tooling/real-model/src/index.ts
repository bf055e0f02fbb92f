export { REAL_MODEL, startRealModel } from './start-real-model.js';
export type { RealModel, Unavailable } from './start-real-model.js';
