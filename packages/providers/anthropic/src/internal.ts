export { toModelFamily } from './chat/model-family.js';
export { planReasoning, toEffort } from './chat/reasoning.js';
export { planSampling } from './chat/sampling.js';
export type { ModelFamily } from './chat/model-family.js';
export type { Plan } from './chat/plan.js';
export type { ReasoningPlan } from './chat/reasoning.js';
