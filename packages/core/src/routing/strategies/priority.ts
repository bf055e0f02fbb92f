import type { Strategy } from './strategy.js';

/** In the order of the list. */
export const priority: Strategy = {
  order: (targets) => targets,
  explain: ({ position }) => ({ code: 'priority', reason: `Number ${position + 1} of the alias's targets.` }),
};
