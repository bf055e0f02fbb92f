export { QUIRKS } from './quirks.js';
