export { drill } from './drill.js';
export { SCENARIOS, findScenarios } from './scenarios.js';
export { toScenarioView, toView } from './view.js';
