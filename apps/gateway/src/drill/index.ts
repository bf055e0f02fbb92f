export { drill } from './drill.js';
export { toView } from './view.js';
