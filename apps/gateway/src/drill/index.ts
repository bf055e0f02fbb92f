export { drill } from './drill.js';
export { drillView, toView } from './view.js';
