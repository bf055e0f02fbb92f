export { google } from './definition.js';
export type { GoogleSettings } from './settings.js';
