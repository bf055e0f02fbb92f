import { CONFIG_OPTIONS } from './command.js';
import type { Command } from './command.js';

/** `sluice drill SCENARIO`: what callers would see if providers had a bad day, without calling one. */
export const drillCommand: Command = {
  name: 'drill',
  positionals: ['[SCENARIO]'],
  options: {
    list: { value: '', summary: 'Name every scenario' },
    alias: { value: 'NAMES', summary: 'The aliases to drill, with commas between them (all)' },
    at: { value: 'PROVIDER', summary: "The provider to be at fault (that of each alias's first target)" },
    ...CONFIG_OPTIONS,
  },
  summary: 'Show what callers would see on a bad day of your providers: SCENARIO, all or benchmark',
  // Stand-ins and a pipeline are loaded by nobody who asks for another command.
  run: async (call) => (await import('./run-drill.js')).runDrill(call),
};
