export { acme } from './definition.js';
export type { AcmeSettings } from './definition.js';
